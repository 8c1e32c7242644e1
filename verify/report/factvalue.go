package report

import (
	"regexp"
	"sync"
	"time"
)

// factValue is a piece of a check's evidence as a report shows it: instants as they are read in Shanghai, and stable words in
// the report's language. What has no word stands as it is, so that nothing is hidden.
func (w words) factValue(name, value string) string {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return instant(t)
	}
	if w.en {
		return clean(value)
	}
	if s, ok := factWords(name)[value]; ok {
		return s
	}
	if name == "changed" {
		return changedText(value)
	}
	return clean(value)
}

// factWords are the words for the values that a fact can have.
func factWords(name string) map[string]string {
	switch name {
	case "coverage":
		return map[string]string{"whole": "整个文件", "revision": "整个文件的某一版本", "partial": "只有一部分", "invalid": "范围不成立"}
	case "inputKind":
		return map[string]string{"original": "原始电子件", "scan": "打印扫描件", "photo": "照片", "screenshot": "截屏", "unknown": "不明"}
	case "inputKindReason":
		return map[string]string{
			"exif-camera": "照片带有相机信息", "ocr-text-layer": "文字层由识别产生", "screen-size": "像素等于屏幕大小", "paper-size": "像素等于纸张扫描大小",
			"full-page-image": "整页是一张图", "part-of-document": "是其他文件中带文字的一页", "text-layer": "带有文字层",
		}
	case "ink":
		return map[string]string{"ink": "有墨迹", "none": "未见墨迹", "unclear": "看不清", "not-examined": "未检查"}
	}
	return nil
}

// changes are the names that verify/seal gives to changes behind a seal, with their words. $1 and $2 are a page, a kind, a name.
var changes = sync.OnceValue(func() []change {
	var out []change
	for _, c := range [][2]string{
		{`page (\d+): annotation \d+ \((.*)\) added`, "第 $1 页：加了批注或图章（$2）"},
		{`page (\d+): annotation \d+ \((.*)\) removed`, "第 $1 页：去掉了批注或图章（$2）"},
		{`page (\d+): annotation \d+ \((.*)\) changed`, "第 $1 页：改了批注或图章（$2）"},
		{`page (\d+): Contents`, "第 $1 页：改了页面内容"},
		{`page (\d+): Resources`, "第 $1 页：改了页面所用的字体或图像"},
		{`page (\d+): size or rotation`, "第 $1 页：改了页面大小或方向"},
		{`page (\d+): (.*)`, "第 $1 页：改了 $2"},
		{`field (.*): value`, "表单域 $1：改了值"},
		{`field (.*) added`, "加了表单域 $1"},
		{`field (.*) removed`, "去掉了表单域 $1"},
		{`field (.*): ([^:]*)`, "表单域 $1：改了 $2"},
		{`signature (.*)`, "加了签章 $1"},
		{`document timestamp (.*)`, "加了文档时间戳 $1"},
		{`(\d+) pages instead of (\d+)`, "原有 $2 页，现有 $1 页"},
		{`DSS`, "加了签章的验证数据"},
	} {
		out = append(out, change{regexp.MustCompile("^(?s:" + c[0] + ")$"), c[1]})
	}
	return out
})

type change struct {
	name *regexp.Regexp
	word string
}

// changedText says in Chinese what was changed; a name without words stands as it is.
func changedText(value string) string {
	value = clean(value)
	for _, c := range changes() {
		if c.name.MatchString(value) {
			return c.name.ReplaceAllString(value, c.word)
		}
	}
	return value
}
