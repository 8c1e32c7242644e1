package rules

import (
	"cmp"
	"slices"
	"strings"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
)

// conditionByName returns the condition that a rule's data names, or nil.
func conditionByName(name string) condition {
	switch name {
	// Never evaluated: rows of the notices that no single file can show. They stand in docs/rules.md and in help texts.
	case "told":
		return func(*evaluation) bool { return false }
	// The rule for a required step that gave no answer; the engine applies it.
	case "silent":
		return func(*evaluation) bool { return false }

	case "file-unreadable":
		return fileUnreadable
	case "file-code":
		return fileCode
	case "file-unsupported":
		return fileUnsupported
	case "input-original":
		return inputOriginal
	case "input-not-original":
		return inputNotOriginal
	case "several-certificates":
		return severalCertificates
	case "specimen":
		return specimen
	case "clock-before-snapshot":
		return clockBeforeSnapshot

	case "print-same":
		return printSame
	case "print-differs":
		return printDiffers
	case "print-not-readable":
		return printNotReadable
	case "print-others":
		return printOthers
	case "print-code":
		return printCode
	case "print-pages-unread":
		return printPagesUnread

	case "seal-broken":
		return sealBroken
	case "seal-malformed":
		return sealMalformed
	case "seal-partial":
		return sealPartial
	case "seal-changed":
		return sealChanged
	case "seal-changed-permitted":
		return sealChangedPermitted
	case "seal-unsigned":
		return sealUnsigned
	case "seal-unsupported":
		return sealUnsupported
	case "seal-not-examined":
		return sealNotExamined
	case "seal-contradictory":
		return sealContradictory
	case "seal-intact":
		return sealIntact
	case "seal-weak":
		return sealWeak
	case "trust-unknown-issuer":
		return trustUnknownIssuer
	case "trust-expired":
		return trustExpired
	case "trust-usage":
		return trustUsage
	case "trust-revoked":
		return trustRevoked
	case "trust-revoked-ca":
		return trustRevokedCA
	case "trust-on-hold":
		return trustOnHold
	case "trust-revoked-no-proof":
		return trustRevokedNoProof
	case "trust-revocation-unknown":
		return trustRevocationUnknown
	case "trust-ok":
		return trustOK
	case "seal-name-expected":
		return sealNameExpected
	case "seal-name-replaced":
		return sealNameReplaced
	case "seal-name-incomplete":
		return sealNameIncomplete
	case "seal-name-issuer":
		return sealNameIssuer
	case "seal-name-mismatch":
		return sealNameMismatch
	case "seal-name-unclear":
		return sealNameUnclear
	case "seal-name-unproven":
		return sealNameUnproven

	case "kind-not-judged":
		return kindNotJudged
	case "kind-wrong-for-question":
		return kindWrongForQuestion
	case "issued-before":
		return issuedBefore
	case "issued-pilot":
		return issuedPilot
	case "issued-outside-pilot":
		return issuedOutsidePilot
	case "issued-since":
		return issuedSince
	case "paper":
		return isPaper
	case "paper-issued-since":
		return paperIssuedSince
	case "annotated":
		return annotated
	case "annotation-missing":
		return annotationMissing
	case "annotation-not-needed":
		return annotationNotNeeded
	case "annotation-excuse-unclear":
		return annotationExcuseUnclear
	case "face-unread":
		return faceUnread
	case "pages-unread":
		return pagesUnread
	case "pages-unread-named":
		return pagesUnreadNamed
	case "second-sheet":
		return secondSheet
	case "sheet-note":
		return sheetNote
	case "picture-unread":
		return pictureUnread
	case "picture-not-read":
		return pictureNotRead
	case "picture-timed-out":
		return pictureTimedOut
	case "picture-layer":
		return pictureLayer
	case "text-unmapped":
		return textUnmapped
	case "font-not-embedded":
		return fontNotEmbedded
	}
	return conditionOnPerson(name)
}

func conditionOnPerson(name string) condition {
	switch name {
	case "usage-open":
		return usageOpen
	case "usage-ended":
		return usageEnded
	case "usage-not-begun":
		return usageNotBegun
	case "made-later":
		return madeLater
	case "issued-later":
		return issuedLater
	case "usage-too-long":
		return usageTooLong
	case "usage-shorter":
		return usageShorter
	case "usage-beyond-cap":
		return usageBeyondCap
	case "usage-at-cap":
		return usageAtCap
	case "registration-ended":
		return registrationEnded
	case "registration-not-begun":
		return registrationNotBegun
	case "scene-other":
		return sceneOther
	case "specialty-valid":
		return specialtyValid
	case "specialty-expired":
		return specialtyExpired
	case "specialty-others-expired":
		return specialtyOthersExpired
	case "specialty-not-begun":
		return specialtyNotBegun
	case "specialty-absent":
		return specialtyAbsent
	case "specialty-unmatched":
		return specialtyUnmatched
	case "specialty-lapsed":
		return specialtyLapsed
	case "specialty-lapsed-unclear":
		return specialtyLapsedUnclear
	case "specialty-lapsed-pilot":
		return specialtyLapsedPilot
	case "age-within":
		return ageWithin
	case "age-last-day":
		return ageLastDay
	case "age-passed":
		return agePassed
	case "age-leap-day":
		return ageLeapDay
	case "number-old":
		return numberOld
	case "number-good":
		return numberGood
	case "number-odd":
		return numberOdd
	case "number-level":
		return numberLevel
	case "id-number-bad":
		return idNumberBad

	case "ink-none":
		return inkNone
	case "ink-present":
		return inkPresent
	case "ink-not-examined":
		return inkNotExamined
	case "ink-human-unsigned":
		return inkHumanUnsigned
	case "ink-human-differs":
		return inkHumanDiffers
	case "ink-human-agrees":
		return inkHumanAgrees
	case "ink-not-printed":
		return inkNotPrinted
	case "ink-no-rule":
		return func(*evaluation) bool { return true }
	case "sign-date-outside":
		return signDateOutside

	case "qr-known":
		return qrKnown
	case "qr-missing":
		return qrMissing
	case "qr-unreadable":
		return qrUnreadable
	case "qr-unknown-host":
		return qrUnknownHost
	case "qr-other-kind":
		return qrOtherKind
	case "qr-warnings":
		return qrWarnings
	case "qr-opaque":
		return qrOpaque
	case "qr-identifier-bad":
		return qrIdentifierBad
	case "qr-fields-differ":
		return qrFieldsDiffer
	case "qr-fields-differ-print":
		return qrFieldsDifferPrint
	case "qr-identifier-differs":
		return qrIdentifierDiffers
	case "qr-conflict":
		return qrConflict

	case "employer-same":
		return employerSame
	case "employer-differs":
		return employerDiffers
	case "employer-unreadable":
		return employerUnreadable

	case "registry-none":
		return registryNone
	case "registry-error":
		return registryError
	case "registry-absent":
		return registryAbsent
	case "registry-absent-since":
		return registryAbsentSince
	case "registry-stale":
		return registryStale
	case "registry-red-line":
		return registryRedLine
	case "registry-ended":
		return registryEnded
	case "registry-ended-later":
		return registryEndedLater
	case "registry-ended-unclear":
		return registryEndedUnclear
	case "registry-valid-later":
		return registryValidLater
	case "registry-unlisted":
		return registryUnlisted
	case "registry-by-layer":
		return registryByLayer
	case "registry-several":
		return registrySeveral
	case "registry-identifiers-differ":
		return registryIdentifiersDiffer
	case "registry-validity-unknown":
		return registryValidityUnknown
	case "registry-validity-over":
		return registryValidityOver
	case "registry-pending":
		return registryPending
	case "registry-unknown-status":
		return registryUnknownStatus
	case "registry-differs":
		return registryDiffers
	case "registry-name-rare":
		return registryNameRare
	case "registry-newer-copy":
		return registryNewerCopy
	case "registry-good":
		return registryGood
	}
	return nil
}

// fileUnreadable: a file could not be read, and no rule knows better what a person may do about it.
func fileUnreadable(e *evaluation) bool {
	known := func(r Rule) bool { return r.Condition == "file-code" && slices.Contains(r.Params.Words, e.FileError) }
	return e.FileError != "" && !unsupportedForm(e.FileError) && !slices.ContainsFunc(e.book.Rules, known) && e.whyUnread()
}

// fileCode: a file could not be read for one of the reasons in Params.Words. An undamaged copy helps against few of them.
func fileCode(e *evaluation) bool {
	return e.FileError != "" && slices.Contains(e.rule.Params.Words, e.FileError) && e.whyUnread()
}

func (e *evaluation) whyUnread() bool {
	e.set("reason", "@file-"+e.FileError)
	e.show("error", e.FileError)
	return true
}

func fileUnsupported(e *evaluation) bool {
	if e.FileError == "" || !unsupportedForm(e.FileError) {
		return false
	}
	e.set("reason", "@"+e.unreadForm())
	e.show("error", e.FileError)
	return true
}

// unsupportedForm tells forms that this version recognises and cannot judge from files that cannot be read.
func unsupportedForm(code string) bool { return code == string(document.FormatOFD) }

func inputOriginal(e *evaluation) bool { return e.FileError == "" && e.original() }

func inputNotOriginal(e *evaluation) bool {
	if e.FileError != "" || e.original() {
		return false
	}
	kind := string(e.Input.Kind)
	if e.boundIn() {
		kind = "part"
	}
	e.set("kind", "@input-"+kind)
	e.show("inputKind", string(e.Input.Kind))
	e.show("inputKindReason", e.Input.KindReason)
	return true
}

func severalCertificates(e *evaluation) bool {
	if e.Others == 0 {
		return false
	}
	e.setInt("count", e.Others+1)
	return true
}

func specimen(e *evaluation) bool { return e.cert.Specimen }

// G-06: clocks of kiosks and laptops are often wrong. A clock that is earlier than the data it uses is certainly wrong.
func clockBeforeSnapshot(e *evaluation) bool {
	if e.Registry == nil || e.GatheredAt.IsZero() || e.Registry.Snapshot.AsOf.IsZero() {
		return false
	}
	if !e.GatheredAt.Before(e.Registry.Snapshot.AsOf) {
		return false
	}
	e.set("clock", e.GatheredAt.Format("2006-01-02 15:04"))
	e.set("asOf", e.Registry.Snapshot.AsOf.Format("2006-01-02 15:04"))
	return true
}

func judgedKinds() []fields.Kind {
	return []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification}
}

func kindNotJudged(e *evaluation) bool {
	if e.Face == nil || slices.Contains(judgedKinds(), e.cert.Kind) {
		return false
	}
	if e.Face.Source == fields.SourceNone && e.cert.Kind == fields.UnknownKind {
		return false // nothing was read, which is another answer than "another certificate"
	}
	word := "kind-" + string(e.cert.Kind)
	if _, ok := e.book.Words[word]; !ok {
		word = "kind-" + string(fields.UnknownKind)
	}
	e.set("kind", "@"+word)
	e.show("title", e.cert.Title)
	return true
}

// kindWrongForQuestion: a 职业资格证书 shows no specialty of registration and no employer (C-17), and an architect is
// registered without specialties, so such a question cannot be answered from it.
func kindWrongForQuestion(e *evaluation) bool {
	switch e.cert.Kind {
	case fields.Qualification:
		return e.Specialty != "" || e.Employer != ""
	case fields.Architect1:
		e.set("specialty", e.Specialty)
		return e.Specialty != ""
	}
	return false
}

func isPaper(e *evaluation) bool {
	if e.cert.Medium != fields.Paper {
		return false
	}
	e.showField("paperMark")
	return true
}

func paperIssuedSince(e *evaluation) bool {
	if e.cert.Medium != fields.Paper || e.cert.IssueDate.IsZero() || e.cert.IssueDate.Before(e.rule.Params.Since) {
		return false
	}
	e.setDate("issued", e.cert.IssueDate)
	e.showField("issueDate")
	return true
}

// faceUnread: a fact on which the verdict hangs was not read whole, or the face contradicts itself there. Params.Words
// are the fields that count for the kind; "" stands for what concerns the whole page. A contradiction counts wherever it is.
func faceUnread(e *evaluation) bool {
	if e.Face == nil || e.Face.Source == fields.SourceNone {
		return false // the steps that need the face say so
	}
	name := ""
	for _, p := range e.Face.Problems {
		switch p.Code {
		case fields.MissingLabel, fields.MissingValue, fields.BadDate, fields.BadPeriod, fields.Ambiguous, fields.Overprinted, fields.Contradiction, fields.Unclear,
			fields.TooMuchText, fields.Internal:
		default:
			continue
		}
		if p.Code == fields.Contradiction || slices.Contains(e.rule.Params.Words, p.Field) {
			e.show(p.Code, strings.TrimSpace(p.Field+" "+p.Detail))
			if name == "" {
				name = cmp.Or(p.Field, "face")
			}
		}
	}
	for _, x := range [2]struct{ field, value string }{{"number", e.cert.Number}, {"name", e.cert.Name}} {
		if x.value == "" {
			name = x.field
		}
	}
	for _, s := range e.cert.Specialties {
		if e.cert.Kind == fields.Constructor1 && (s.Name == "" || s.Valid.To.IsZero() || !sound(s.Valid)) {
			name = "specialty"
		}
	}
	if !sound(e.cert.Valid) {
		name = "valid"
	}
	if name == "" {
		return false
	}
	word := "field-" + name
	if _, ok := e.book.Words[word]; !ok {
		word = "field-face"
	}
	e.set("field", "@"+word)
	return true
}

// pagesUnread: pages were left unread, so that what stands on them, another certificate for one, is not known.
func pagesUnread(e *evaluation) bool {
	if e.Unread == "" || len(e.UnreadPages) > 0 || !e.judged() {
		return false
	}
	e.show("fields", e.Unread)
	return true
}

// namedPages is how many unread pages, or runs of them, a message names.
const namedPages = 10

// pagesUnreadNamed: the same where it is known which pages they are, so that a person can turn to them.
func pagesUnreadNamed(e *evaluation) bool {
	if e.Unread == "" || len(e.UnreadPages) == 0 || !e.judged() {
		return false
	}
	named, etc, dots := e.UnreadPages, "", ""
	if len(named) > namedPages || e.UnreadMore {
		named, etc, dots = named[:min(len(named), namedPages)], "等", ", …"
	}
	e.set("pages", strings.Join(named, "、"))
	e.set("etc", etc)
	e.set("pageList", strings.Join(named, ", ")+dots)
	e.show("fields", e.Unread)
	return true
}

// secondSheet: a photo shows two sheets, of which one was read; the other may be another certificate.
func secondSheet(e *evaluation) bool { return e.SecondSheet && e.judged() }

// sheetNote: something is to be known of the sheet in a photo, one of Params.Words.
func sheetNote(e *evaluation) bool {
	return slices.ContainsFunc(e.SheetNotes, func(n string) bool { return slices.Contains(e.rule.Params.Words, n) })
}

// pictureUnread: the installation has no reader for pictures.
func pictureUnread(e *evaluation) bool { return e.Picture == "no-reader" }

// pictureLayer: what a picture shows was not read, and all that is known of it are the words of a text layer that nobody sees.
func pictureLayer(e *evaluation) bool {
	return e.Face != nil && e.Face.Source == fields.SourceText && e.judged() && e.Input.Kind.IsPicture()
}

// pictureNotRead: the reader found no certificate in the picture, or failed on it.
func pictureNotRead(e *evaluation) bool {
	return e.Picture != "" && e.Picture != "no-reader" && e.Picture != "timeout"
}

// pictureTimedOut: the time for reading the picture was over before a certificate was made out.
func pictureTimedOut(e *evaluation) bool { return e.Picture == "timeout" }

func textUnmapped(e *evaluation) bool { return e.problem("unmapped-text", "no-tounicode") }

func fontNotEmbedded(e *evaluation) bool {
	return e.problem("font-not-embedded") && !textUnmapped(e.quiet(e.rule))
}

// problem reports whether the face has one of these problems, and shows it.
func (e *evaluation) problem(codes ...string) bool {
	if e.Face == nil {
		return false
	}
	found := false
	for _, p := range e.Face.Problems {
		if slices.Contains(codes, p.Code) {
			e.show(p.Code, strings.TrimSpace(p.Field+" "+p.Detail))
			found = true
		}
	}
	return found
}
