// Package fields reads the face of a certificate: from positioned text to a typed Certificate, by label and place.
// It reports what it could not read and never guesses.
package fields

import (
	"zhengyan/verify/civil"
	"zhengyan/verify/page"
)

// Kind is the kind of a certificate.
type Kind string

// The kinds that are told apart. Only the first three are judged by rules of their own; the others are named so that
// the user learns that the wrong paper was handed in.
const (
	Constructor1     Kind = "constructor-1"    // 一级建造师注册证书
	Architect1       Kind = "architect-1"      // 一级注册建筑师注册证书
	Qualification    Kind = "qualification"    // 专业技术人员职业资格证书
	Constructor2     Kind = "constructor-2"    // 二级建造师注册证书
	ConstructorTemp  Kind = "constructor-temp" // 建造师临时执业证书
	Architect2       Kind = "architect-2"      // 二级注册建筑师
	OtherCertificate Kind = "other"            // some other certificate of a person or company
	UnknownKind      Kind = "unknown"          // not recognised as a certificate
)

// Medium is the carrier that the certificate is: an e-certificate (or a print of one) or a paper certificate booklet.
type Medium string

// The media.
const (
	Electronic    Medium = "electronic"
	Paper         Medium = "paper"
	UnknownMedium Medium = "unknown"
)

// Period is a span of days, both ends included. An unknown end is the zero Date.
type Period struct {
	From civil.Date `json:"from,omitzero"`
	To   civil.Date `json:"to,omitzero"`
}

// IsZero reports whether neither end is known.
func (p Period) IsZero() bool { return p.From.IsZero() && p.To.IsZero() }

// Specialty is a registered specialty 注册专业 with its validity 有效期.
type Specialty struct {
	Name  string `json:"name"` // canonical name where the data knows it, else as printed
	Raw   string `json:"raw,omitempty"`
	Valid Period `json:"valid"`
}

// Annotation is the 加注 of a qualification certificate: scene of use and period of use.
type Annotation struct {
	Scene  string `json:"scene,omitempty"`
	Period Period `json:"period"`
}

// Certificate is what the face says. Empty strings and zero dates mean that the face does not say, or that it could
// not be read; Result.Problems tells which.
type Certificate struct {
	Kind        Kind        `json:"kind"`
	Title       string      `json:"title,omitempty"`
	Medium      Medium      `json:"medium"`
	Name        string      `json:"name,omitempty"`
	Sex         string      `json:"sex,omitempty"`
	Birth       civil.Date  `json:"birth,omitzero"` // month only on qualification certificates
	IDNumber    string      `json:"idNumber,omitempty"`
	Number      string      `json:"number,omitempty"` // 注册编号, 注册号 or 管理号
	Employer    string      `json:"employer,omitempty"`
	Specialties []Specialty `json:"specialties,omitempty"`
	// Valid is the registration's validity where it is one for the whole certificate (architects).
	Valid Period `json:"valid,omitzero"`
	// Usage is the period of use 使用有效期 of this copy.
	Usage      Period      `json:"usage,omitzero"`
	Annotation *Annotation `json:"annotation,omitempty"`
	IssueDate  civil.Date  `json:"issueDate,omitzero"` // 签发日期 / 发证日期
	SignDate   civil.Date  `json:"signDate,omitzero"`  // 签名日期 as printed or written, where readable
	Approved   civil.Date  `json:"approved,omitzero"`  // 批准日期 of a qualification
	Issuer     string      `json:"issuer,omitempty"`
	QualName   string      `json:"qualificationName,omitempty"` // the qualification a 职业资格证书 speaks of
	EcertID    string      `json:"ecertID,omitempty"`           // 证照标识, GB/T 36904
	QueryURL   string      `json:"queryURL,omitempty"`
	// Specimen is set where the page carries the words 样例 or SPECIMEN.
	Specimen bool `json:"specimen,omitempty"`
	// SignatureLabel is the place of the label 个人签名 with its colon, five type sizes wide at least; SignatureBox is the
	// area in which the holder signs.
	SignatureLabel page.Box `json:"-"`
	SignatureBox   page.Box `json:"-"`
}

// Field is one printed fact with its place.
type Field struct {
	// Name is a stable key: title, usage, name, sex, birth, idNumber, number, employer, specialty (one Field each), valid,
	// annotationScene, annotation, approved, qualificationName, level, issueDate, issuer, signature, signDate, queryURL,
	// ecertID, paperNumber, paperMark (what shows that it is a paper certificate).
	Name       string   `json:"name"`
	Label      string   `json:"label,omitempty"`
	Value      string   `json:"value"` // normalised: dates and periods in ISO 8601, empty where it could not be read
	Raw        string   `json:"raw,omitempty"`
	Page       int      `json:"page"`
	Box        page.Box `json:"box"`
	Confidence float64  `json:"confidence"` // 1 for a PDF's own text
}

// Problem is something that kept a fact from being read or trusted.
type Problem struct {
	Code   string `json:"code"`             // one of the constants of problems.go
	Field  string `json:"field,omitempty"`  // Field.Name, or empty where it concerns the page
	Detail string `json:"detail,omitempty"` // what was read, or the font
}

// Source is where the text came from.
type Source string

// The sources.
const (
	SourceText Source = "text"
	SourceOCR  Source = "ocr"
	SourceNone Source = "none" // the page carries no text that could be read
)

// Result is all that was read from a file's face.
type Result struct {
	Source Source `json:"source"`
	Page   int    `json:"page"` // 0-based page on which the certificate stands
	// Turn is the number of quarter turns, clockwise, by which the certificate stands turned on the page as shown.
	Turn        int         `json:"turn,omitempty"`
	Certificate Certificate `json:"certificate"`
	Fields      []Field     `json:"fields"`
	Problems    []Problem   `json:"problems,omitempty"`
}
