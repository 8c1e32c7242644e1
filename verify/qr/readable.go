package qr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fieldLabels maps the labels that certificates print to the names of fields.Field.
func fieldLabels() map[string]string {
	return map[string]string{
		"姓名": "name", "持证人": "name", "持有人": "name", "性别": "sex", "出生日期": "birth", "出生年月": "birth",
		"证件号码": "idNumber", "身份证号": "idNumber", "身份证号码": "idNumber", "公民身份号码": "idNumber", "身份证件号码": "idNumber",
		"注册编号": "number", "注册号": "number", "证书编号": "certificateNumber", "管理号": "number", "证书号": "certificateNumber",
		"聘用企业": "employer", "聘用单位": "employer", "注册单位": "employer", "工作单位": "employer", "企业名称": "employer", "企业": "employer",
		"注册专业": "specialty", "专业": "specialty", "专业名称": "specialty", "级别": "level", "证书名称": "title", "证书类别": "title",
		"使用有效期": "usage", "有效期": "valid", "有效期至": "validTo", "注册有效期": "valid", "签发日期": "issueDate", "发证日期": "issueDate",
		"批准日期": "approved", "发证机关": "issuer", "签发机关": "issuer", "颁发机构": "issuer", "证照标识": "ecertID", "资格名称": "qualificationName",
	}
}

var (
	numberShape  = regexp.MustCompile(`^\p{Han}[12]\d{11}(?:\d{4})?$`)
	idShape      = regexp.MustCompile(`^\d{17}[\dXx]$`)
	dateShape    = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?$`)
	employerTail = regexp.MustCompile(`(?:公司|集团|设计院|研究院|事务所|中心|厂)$`)
	titleShape   = regexp.MustCompile(`(?:注册|资格|执业|合格)?证书$`)
	specShape    = regexp.MustCompile(`(?:工程|建筑|市政|机电|水利|公路|铁路|民航|矿业|通信)$`)
)

const (
	// maxLabels bounds the labels that are taken, and the bare values.
	maxLabels = 64
	// maxLabel is the length of the longest label, in characters.
	maxLabel = 8
)

// readableFields reads a payload that spells facts: values behind labels, or a row of bare values between '|'. Bare values
// are named only by an unmistakable shape, which a person's name does not have: 一级 and 有效 are as short. guessed are the
// fields that no label names, or whose value is cut from the next label without a mark between them.
func readableFields(s string) (out map[string]string, guessed []string) {
	if !utf8.ValidString(s) {
		return nil, nil
	}
	if out, guessed = labelledFields(s); len(out) > 0 {
		return out, guessed
	}
	parts := strings.FieldsFunc(s, hardBreak)
	if len(parts) < 3 || !strings.ContainsAny(s, "|｜") {
		return nil, nil
	}
	out = map[string]string{}
	put := func(name, v string) {
		if _, dup := out[name]; !dup {
			out[name] = v
			guessed = append(guessed, name)
		}
	}
	for _, part := range parts[:min(len(parts), maxLabels)] {
		v := strings.TrimSpace(part)
		switch {
		case numberShape.MatchString(v):
			put("number", v)
		case idShape.MatchString(v):
			put("idNumber", v)
		case dateShape.MatchString(v):
			put("date", v)
		case v == "男" || v == "女":
			put("sex", v)
		case titleShape.MatchString(v):
			put("title", v)
		case employerTail.MatchString(v):
			put("employer", v)
		case specShape.MatchString(v):
			put("specialty", v)
		}
	}
	if out["number"] == "" && len(out) < 2 {
		return nil, nil
	}
	return out, guessed
}

// hardBreak ends a value, whatever follows.
func hardBreak(r rune) bool { return strings.ContainsRune("|｜\n\r\t;；", r) }

// softMark stands between facts, and within some values.
func softMark(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、。/", r) }

// label is a label of a payload: its field, "" for one that is not known, and the place of its characters.
type label struct {
	field    string
	from, to int  // from its first character to behind its colon
	stuck    bool // nothing stands between it and the value before it
}

// labelledFields reads what stands behind labels. A value ends at the next label, whether a mark stands between them or not.
func labelledFields(s string) (out map[string]string, guessed []string) {
	rs := []rune(s)
	known := fieldLabels()
	var found []label
	colon := -1
	for i := 0; i < len(rs) && len(found) < maxLabels; i++ {
		if r := rs[i]; r != ':' && r != '：' && r != '=' {
			continue
		}
		if l, ok := labelBefore(rs, i, colon, known); ok {
			found = append(found, l)
		}
		colon = i
	}
	out = map[string]string{}
	for i, l := range found {
		end, cut := len(rs), false
		if i+1 < len(found) {
			end, cut = found[i+1].from, found[i+1].stuck
		}
		v := rs[l.to:end]
		if k := slices.IndexFunc(v, hardBreak); k >= 0 {
			v, cut = v[:k], false
		}
		text := strings.TrimFunc(strings.TrimRight(string(v), "【["), softMark)
		if _, dup := out[l.field]; l.field == "" || text == "" || dup {
			continue
		}
		out[l.field] = text
		if cut {
			guessed = append(guessed, l.field)
		}
	}
	return out, guessed
}

// labelBefore finds the label that a colon at i ends; before is the colon before it, -1 if there is none.
func labelBefore(rs []rune, i, before int, known map[string]string) (label, bool) {
	han := func(k int) bool { return unicode.Is(unicode.Han, rs[k]) }
	space := func(k int) bool { return unicode.IsSpace(rs[k]) && !hardBreak(rs[k]) }
	start, end := before+1, i
	for start < i && space(start) {
		start++
	}
	for end > start && (space(end-1) || rs[end-1] == ']' || rs[end-1] == '】') {
		end--
	}
	// The run of Chinese characters before the colon, for labels are set in spaced characters too, and the last word of it.
	from, word := end, end
	for from > start && (han(from-1) || space(from-1)) {
		from--
	}
	for word > from && han(word-1) {
		word--
	}
	if word == end {
		return label{}, false
	}
	squeezed := ""
	whole, tail := label{}, label{}
	for k, n := end-1, 0; k >= from && n < maxLabel; k-- {
		if !han(k) {
			continue
		}
		n++
		squeezed = string(rs[k]) + squeezed
		l := label{field: known[squeezed], from: k, to: i + 1}
		switch {
		case l.field == "":
		case k == from || !han(k-1):
			whole = l
		default:
			tail, tail.stuck = l, true
		}
	}
	switch {
	case whole.field != "":
		return whole, true
	case before < 0 || word > start: // a label of its own, which may end like a known one: 原聘用企业
		return label{from: word, to: i + 1}, true
	case tail.field != "":
		return tail, true
	}
	return label{}, false // a colon within a value
}
