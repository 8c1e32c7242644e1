package verify

import (
	"slices"
	"strings"

	"zhengyan/verify/fields"
)

// others counts the certificates among list that are other ones than first. A certificate may take two pages of a file,
// or stand there twice; what is not known to be the same one is another, for nobody would judge it.
func others(first *fields.Result, list []*fields.Result, sure float64) int {
	n := 0
	for _, r := range list {
		if !same(first, r, sure) {
			n++
		}
	}
	return n
}

// same reports whether two readings are of one copy of one certificate: they share the number, or the holder where one
// of them states no number, and nothing that both state, read surely, differs.
func same(a, b *fields.Result, sure float64) bool {
	if a == nil || b == nil {
		return false
	}
	x, y := &a.Certificate, &b.Certificate
	if x.Kind != y.Kind && x.Kind != fields.UnknownKind && y.Kind != fields.UnknownKind {
		return false
	}
	// A name that differs off a picture may be misread, whatever its confidence.
	known := x.Name != "" && y.Name != ""
	named := known && fields.CompareNames(x.Name, y.Name) == fields.Equal
	if known && !named && a.Source != fields.SourceOCR && b.Source != fields.SourceOCR {
		return false
	}
	shared, contradicted := named, false
	compare := func(field, u, v string, identifies bool) {
		switch {
		case u == "" || v == "":
		case u == v:
			shared = shared || identifies
		default:
			contradicted = contradicted || surely(a, field, sure) && surely(b, field, sure)
		}
	}
	compare("number", x.Number, y.Number, true)
	compare("idNumber", x.IDNumber, y.IDNumber, true)
	compare("sex", x.Sex, y.Sex, false)
	compare("birth", x.Birth.String(), y.Birth.String(), false)
	compare("approved", x.Approved.String(), y.Approved.String(), false)
	compare("issueDate", x.IssueDate.String(), y.IssueDate.String(), false)
	if x.Employer != "" && y.Employer != "" && fields.CompareEmployers(x.Employer, y.Employer) == fields.Different {
		compare("employer", x.Employer, y.Employer, false)
	}
	if a.Source != fields.SourceOCR && b.Source != fields.SourceOCR && len(x.Specialties) > 0 && len(y.Specialties) > 0 {
		compare("specialty", names(x.Specialties), names(y.Specialties), false)
	}
	compare("usage", period(x.Usage), period(y.Usage), false)
	compare("valid", period(x.Valid), period(y.Valid), false)
	compare("annotation", period(annotation(x)), period(annotation(y)), false)
	for _, s := range x.Specialties {
		if k := slices.IndexFunc(y.Specialties, func(t fields.Specialty) bool { return t.Name == s.Name }); k >= 0 {
			compare("specialty", period(s.Valid), period(y.Specialties[k].Valid), false)
		}
	}
	return shared && !contradicted
}

// names are the names of specialties, in one order.
func names(list []fields.Specialty) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Name
	}
	slices.Sort(out)
	return strings.Join(out, "、")
}

// surely reports whether a field was not read off a picture, or so well that it counts against a certificate.
func surely(r *fields.Result, field string, sure float64) bool {
	return r.Source != fields.SourceOCR ||
		!slices.ContainsFunc(r.Fields, func(f fields.Field) bool { return f.Name == field && f.Confidence < sure })
}
