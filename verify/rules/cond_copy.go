package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
)

// printed reports whether the input shows a print, or may for all that is known. The handwriting rules bind nothing else
// ("打印电子证书后，应在个人签名处手写本人签名").
func (e *evaluation) printed() bool {
	if e.cert.Medium == fields.Paper {
		return false
	}
	if e.Print != nil {
		return true
	}
	return e.Input.MayBePrint()
}

// The answers that a person gives on handwriting.
const (
	humanAgrees   = "agrees"
	humanDiffers  = "differs"
	humanUnsigned = "unsigned"
)

// human is a person's decision, "" if there is none that is known.
func (e *evaluation) human() string {
	switch h := e.Human["handwriting"]; h {
	case humanAgrees, humanDiffers, humanUnsigned:
		return h
	}
	return ""
}

func (e *evaluation) showInk() {
	if e.Ink == nil {
		return
	}
	box := e.Ink.Box
	f := Fact{Name: "ink", Value: string(e.Ink.Presence), Page: e.Ink.Page}
	if !box.IsZero() {
		f.Box = &box
	}
	e.facts = append(e.facts, f)
}

func inkNone(e *evaluation) bool {
	if !e.printed() || e.human() != "" || e.Ink == nil || e.Ink.Presence != ink.NoInk {
		return false
	}
	e.showInk()
	return true
}

func inkPresent(e *evaluation) bool {
	if !e.printed() || e.human() != "" || e.Ink == nil || e.Ink.Presence != ink.Ink {
		return false
	}
	e.showInk()
	return true
}

func inkNotExamined(e *evaluation) bool {
	if !e.printed() || e.human() != "" || e.Ink != nil && (e.Ink.Presence == ink.Ink || e.Ink.Presence == ink.NoInk) {
		return false
	}
	e.showInk()
	return true
}

func inkHumanUnsigned(e *evaluation) bool { return e.printed() && e.human() == humanUnsigned }

func inkHumanDiffers(e *evaluation) bool { return e.printed() && e.human() == humanDiffers }

func inkHumanAgrees(e *evaluation) bool { return e.printed() && e.human() == humanAgrees }

func inkNotPrinted(e *evaluation) bool { return e.original() && e.Print == nil }

func signDateOutside(e *evaluation) bool {
	d, p := e.cert.SignDate, e.cert.Usage
	if e.Print != nil {
		d = e.Print.SignDate
	}
	if !e.printed() || d.IsZero() || p.IsZero() || !(!p.From.IsZero() && d.Before(p.From) || !p.To.IsZero() && d.After(p.To)) {
		return false
	}
	e.setDate("date", d)
	e.showField("signDate")
	return true
}

func (e *evaluation) showCode(c *Code) {
	box := page.Around(c.Corners)
	e.facts = append(e.facts, Fact{Name: "qrText", Value: c.Text, Page: c.Page, Box: &box})
	e.show("host", c.Payload.Host)
	if c.Payload.HostASCII != "" && c.Payload.HostASCII != c.Payload.Host {
		e.show("hostASCII", c.Payload.HostASCII)
	}
	e.show("owner", c.Payload.Owner)
	e.set("host", c.Payload.Host)
}

// anyCode calls f for every code until one answers true.
func (e *evaluation) anyCode(f func(*Code) bool) bool {
	for i := range e.Codes {
		if f(&e.Codes[i]) {
			return true
		}
	}
	return false
}

func (e *evaluation) knownFor(c *Code) bool {
	for _, k := range c.Payload.For {
		if fields.Kind(k) == e.cert.Kind {
			return true
		}
	}
	return false
}

func qrKnown(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Payload.Kind != qr.PayloadKnownHost || !e.knownFor(c) {
			return false
		}
		e.showCode(c)
		return true
	})
}

func qrMissing(e *evaluation) bool {
	return len(e.Codes) == 0 && !e.QRFailed && e.cert.Medium != fields.Paper
}

// qrConflict: beside what was read stands a code whose readings differ.
func qrConflict(e *evaluation) bool { return len(e.Codes) > 0 && e.QRConflict }

func qrUnreadable(e *evaluation) bool { return len(e.Codes) == 0 && e.QRFailed }

func qrUnknownHost(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Payload.Kind != qr.PayloadUnknownHost {
			return false
		}
		e.showCode(c)
		e.show("lookAlike", c.Payload.LookAlike)
		e.show("warnings", strings.Join(c.Payload.Warnings, " "))
		return true
	})
}

func qrOtherKind(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Payload.Kind != qr.PayloadKnownHost || e.knownFor(c) {
			return false
		}
		e.showCode(c)
		return true
	})
}

func qrWarnings(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Payload.Kind == qr.PayloadUnknownHost || len(c.Payload.Warnings) == 0 {
			return false
		}
		var notes []string
		for _, w := range c.Payload.Warnings {
			// An encrypted record key is what genuine codes carry; check digits and other systems have rules of their own.
			if w != qr.WarnCheckDigit && w != qr.WarnEncryptedKey && w != qr.WarnOtherSystem {
				notes = append(notes, w)
			}
		}
		if len(notes) == 0 {
			return false
		}
		e.showCode(c)
		e.set("warnings", "@qr-"+notes[0])
		e.show("warnings", strings.Join(notes, " "))
		return true
	})
}

func qrOpaque(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Payload.Kind != qr.PayloadOpaque {
			return false
		}
		e.showCode(c)
		return true
	})
}

// A wrong check digit is a warning: a few genuine identifiers may carry one (DOMAIN §3.2).
func qrIdentifierBad(e *evaluation) bool {
	return e.anyCode(func(c *Code) bool {
		for _, w := range c.Payload.Warnings {
			if w == qr.WarnCheckDigit {
				e.showCode(c)
				return true
			}
		}
		return false
	})
}

// qrFieldsDiffer: what a code carries readable contradicts the face, both read digitally and both plain.
func qrFieldsDiffer(e *evaluation) bool {
	return e.original() && !e.Unshown && e.Face != nil && e.Face.Source == fields.SourceText && e.codedOtherwise(false)
}

// qrFieldsDifferPrint: the same where a reading may be at fault, of a print (also by the text layer that a scanner's
// program laid under it) or of the code's characters, or the code may only spell the fact otherwise: how genuine codes
// spell anything, no notice says.
func qrFieldsDifferPrint(e *evaluation) bool {
	return !qrFieldsDiffer(e.quiet(e.rule)) && e.codedOtherwise(true)
}

// codedOtherwise compares the fields that a code carries readable with the face; unsure lets count what may be another
// spelling, and a code whose character set is a guess other than UTF-8, which checks itself.
func (e *evaluation) codedOtherwise(unsure bool) bool {
	return e.anyCode(func(c *Code) bool {
		if c.Guessed && !strings.EqualFold(c.Charset, "utf-8") && !strings.EqualFold(c.Charset, "us-ascii") && !unsure {
			return false
		}
		for _, p := range [][2]string{{"name", e.cert.Name}, {"number", e.cert.Number}, {"employer", e.cert.Employer}} {
			name, face := p[0], p[1]
			coded := c.Payload.Fields[name]
			differs, sure := e.coded(name, coded, face)
			if !differs || !unsure && (!sure || slices.Contains(c.Payload.Guessed, name)) {
				continue
			}
			e.set("field", "@field-"+name)
			e.set("coded", coded)
			e.set("face", face)
			e.showCode(c)
			e.showField(name)
			return true
		}
		return false
	})
}

func employerSame(e *evaluation) bool {
	if e.Employer == "" || e.cert.Employer == "" || !sameEmployer(e.Employer, e.cert.Employer) {
		return false
	}
	e.set("employer", e.cert.Employer)
	e.showField("employer")
	return true
}

func sameEmployer(a, b string) bool {
	return plainName(a) == plainName(b) || fields.CompareEmployers(a, b) == fields.Equal
}

func employerDiffers(e *evaluation) bool {
	if e.Employer == "" || e.cert.Employer == "" || sameEmployer(e.Employer, e.cert.Employer) {
		return false
	}
	e.set("employer", e.cert.Employer)
	e.set("asked", e.Employer)
	e.showField("employer")
	return true
}

func employerUnreadable(e *evaluation) bool {
	return e.Employer != "" && e.cert.Employer == ""
}
