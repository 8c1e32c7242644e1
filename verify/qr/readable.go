package qr

import (
	"regexp"
	"strings"
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
	labelled     = regexp.MustCompile(`^\s*[【\[]?\s*([\p{Han}]{2,8})\s*[】\]]?\s*[:：=]\s*(.*?)\s*$`)
	numberShape  = regexp.MustCompile(`^\p{Han}[12]\d{11}(?:\d{4})?$`)
	idShape      = regexp.MustCompile(`^\d{17}[\dXx]$`)
	dateShape    = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?$`)
	nameShape    = regexp.MustCompile(`^\p{Han}{2,4}(?:·\p{Han}{1,8})?$`)
	employerTail = regexp.MustCompile(`(?:公司|集团|设计院|研究院|事务所|中心|厂)$`)
	titleShape   = regexp.MustCompile(`(?:注册|资格|执业|合格)?证书$`)
	specShape    = regexp.MustCompile(`(?:工程|建筑|市政|机电|水利|公路|铁路|民航|矿业|通信)$`)
)

// readableFields reads a payload that spells facts: label:value pairs on lines or between separators, or a row of bare
// values between '|'. Bare values are named only by an unmistakable shape.
func readableFields(s string) map[string]string {
	if !utf8.ValidString(s) {
		return nil
	}
	labels := fieldLabels()
	var parts []string
	switch {
	case strings.ContainsAny(s, "|｜"):
		parts = strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '｜' || r == '\n' || r == '\r' })
	case strings.ContainsAny(s, "\n\r"):
		parts = strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	default:
		parts = strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' || r == ',' || r == '，' })
	}
	out := map[string]string{}
	byLabel := false
	for i, part := range parts {
		if i >= 64 {
			break
		}
		if m := labelled.FindStringSubmatch(part); m != nil {
			if name, ok := labels[m[1]]; ok && m[2] != "" {
				byLabel = true
				if _, dup := out[name]; !dup {
					out[name] = m[2]
				}
				continue
			}
		}
	}
	if byLabel {
		return out
	}
	if len(parts) < 3 || !strings.ContainsAny(s, "|｜") {
		return nil
	}
	put := func(name, v string) {
		if _, dup := out[name]; !dup {
			out[name] = v
		}
	}
	for _, part := range parts[:min(len(parts), 64)] {
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
		case nameShape.MatchString(v):
			put("name", v)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
