package vmtest

import (
	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

// QRSpecimen is an invented certificate by what its code carries.
type QRSpecimen string

// The specimens.
const (
	QROrdinary    QRSpecimen = "ordinary"     // a known host with an encrypted record key
	QRUnknownHost QRSpecimen = "unknown-host" //
	QRUnknownPath QRSpecimen = "unknown-path" // a known host, a path that is not on the list
	QRLookAlike   QRSpecimen = "look-alike"   // a host with a Cyrillic letter
	QROpaque      QRSpecimen = "opaque"       // a key and nothing else
	QRConflicting QRSpecimen = "conflicting"  // fields that face and registry have otherwise
)

// QRSpecimens returns all specimens.
func QRSpecimens() []QRSpecimen {
	return []QRSpecimen{QROrdinary, QRUnknownHost, QRUnknownPath, QRLookAlike, QROpaque, QRConflicting}
}

// QRReport is the report of a specimen. The payloads are classified by the host list that ships.
func QRReport(s QRSpecimen) *verify.Report {
	texts := map[QRSpecimen]string{
		QROrdinary:    "https://jzsgl.coc.gov.cn/archisearch/cxejjzs/rylist.aspx?o=SpecimenKeyZm9vYmFyMTIzNDU2Nzg5MA==",
		QRUnknownHost: "http://zs.example.org/q?id=3f9a0c1177",
		QRUnknownPath: "https://zjw.beijing.gov.cn/elsewhere/query.html?name=specimen",
		QRLookAlike:   "https://jzsgl.с\u043ec.gov.cn/archisearch/x?o=SpecimenKeyZm9vYmFyMTIz",
		QROpaque:      "U1BFQ0lNRU4tS0VZLTAwMDAtMTExMS0yMjIyLTMzMzM0NDQ0NTU1NQ==",
		QRConflicting: "姓名：张样例\n性别：男\n出生日期：1985年3月15日\n注册编号：京1112026202600701\n注册专业：建筑工程\n聘用企业：样例建工集团有限公司\n发证日期：2024-05-14",
	}
	hosts, err := qr.LoadHosts(assets.Rules())
	if err != nil {
		panic(err) // a fixture of tests
	}
	ev := evidence(document.InputOriginal)
	text := texts[s]
	ev.Fields.Certificate.Number = "京1112026202600001"
	ev.Codes[0].Text, ev.Codes[0].Bytes, ev.Codes[0].Charset = text, []byte(text), "UTF-8"
	ev.Codes[0].Guessed, ev.Codes[0].Strategy, ev.Codes[0].ECLevel, ev.Codes[0].Version, ev.Codes[0].Errors = true, "brightest", "M", 8, 3
	ev.Codes[0].Payload = qr.Classify(text, []byte(text), hosts)
	if s == QRConflicting || s == QROrdinary {
		c := ev.Fields.Certificate
		ev.Registry = &verify.RegistryLookup{
			Snapshot: rules.SnapshotInfo{},
			Answer: rules.RegistryAnswer{Found: true, Records: []rules.RegistryRecord{{
				Kind: c.Kind, Name: c.Name, Number: c.Number, Employer: c.Employer, Specialties: c.Specialties, Status: "有效",
			}}},
		}
	}
	return base(ev, verify.Question{At: Noon(2026, 3, 1)})
}
