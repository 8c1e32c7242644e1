package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// Row is one registration or qualification. Kind and Number are its key.
type Row = rules.RegistryRecord

// ErrBadRow is wrapped by every error that says why a row cannot be stored.
var ErrBadRow = errors.New("bad row")

// errPacked says that packed bytes do not decode. Readers turn it into ErrDamaged.
var errPacked = errors.New("packed row does not decode")

// Bits of a row's mask: the fields that follow. The order of the bits is the order of the fields.
const (
	hasSex = 1 << iota
	hasBirth
	hasEmployer
	hasSpecialties
	hasValid
	hasStatusDate
	hasReason
	hasQR
	hasEcert
	hasUpdated
	hasUsage
	hasHistory
	maskEnd
)

// normalise checks a row and brings it into the one form in which it is stored.
func normalise(r Row) (Row, error) {
	r.Kind = fields.Kind(strings.TrimSpace(string(r.Kind)))
	r.Number, r.EcertID = NormalNumber(r.Number), NormalNumber(r.EcertID)
	for _, s := range []*string{&r.Name, &r.Sex, &r.Employer, &r.Status, &r.Reason, &r.QRKey} {
		*s = strings.TrimSpace(*s)
	}
	for _, need := range []struct{ what, s string }{
		{"kind", string(r.Kind)}, {"number", r.Number}, {"name", r.Name}, {"status", r.Status},
	} {
		if need.s == "" {
			return r, fmt.Errorf("%w: no %s", ErrBadRow, need.what)
		}
	}
	if strings.ContainsRune(string(r.Kind), 0) || strings.ContainsRune(r.Number, 0) {
		return r, fmt.Errorf("%w: NUL in the key", ErrBadRow)
	}
	if len(r.Specialties) == 0 {
		r.Specialties = nil
	}
	if len(r.History) == 0 {
		r.History = nil
	}
	var textRoom [32]string // enough for most rows, without an allocation
	var dateRoom [32]civil.Date
	texts := append(textRoom[:0], string(r.Kind), r.Number, r.Name, r.Sex, r.Employer, r.Status, r.Reason, r.QRKey, r.EcertID)
	dates := append(dateRoom[:0], r.Birth, r.Valid.From, r.Valid.To, r.StatusDate, r.UpdatedAt, r.LatestUsageFrom)
	if len(r.Specialties) > maxSpecialties || len(r.History) > maxHistory {
		return r, fmt.Errorf("%w: more than %d specialties or %d earlier values", ErrBadRow, maxSpecialties, maxHistory)
	}
	for _, s := range r.Specialties {
		if s.Name == "" && s.Raw == "" {
			return r, fmt.Errorf("%w: specialty without a name", ErrBadRow)
		}
		texts = append(texts, s.Name, s.Raw)
		dates = append(dates, s.Valid.From, s.Valid.To)
	}
	for _, h := range r.History {
		if h.Field == "" {
			return r, fmt.Errorf("%w: earlier value without a field", ErrBadRow)
		}
		texts = append(texts, h.Field, h.Value)
		dates = append(dates, h.Until)
	}
	for _, s := range texts {
		if len(s) > maxString || !utf8.ValidString(s) {
			return r, fmt.Errorf("%w: text longer than %d bytes or not UTF-8", ErrBadRow, maxString)
		}
	}
	for _, d := range dates {
		if d != unpackDate(packDate(d)) || !sane(d) {
			return r, fmt.Errorf("%w: no such day: %+v", ErrBadRow, d)
		}
	}
	return r, nil
}

func sane(d civil.Date) bool {
	if d.IsZero() || (d.Y >= 1000 && d.Y <= 9999 && d.M >= 1 && d.M <= 12 && d.D >= 1 && d.D <= 28) {
		return true
	}
	if d.D == 0 {
		_, err := civil.NewMonth(d.Y, int(d.M))
		return err == nil
	}
	_, err := civil.New(d.Y, int(d.M), d.D)
	return err == nil
}

// interner gives words their numbers. The builder numbers them as they come and renumbers them in order at the end.
type interner interface {
	word(s string) uint32
	employer(s string) uint32
}

// lexicon gives numbers back their words. An error says that the dictionary is damaged.
type lexicon interface {
	wordAt(i uint32) (string, error)
	employerAt(i uint32) (string, error)
}

// appendRow packs everything of a row but its number, which the block stores beside it.
func appendRow(b []byte, r *Row, in interner) []byte {
	mask := uint64(0)
	set := func(bit uint64, on bool) {
		if on {
			mask |= bit
		}
	}
	set(hasSex, r.Sex != "")
	set(hasBirth, !r.Birth.IsZero())
	set(hasEmployer, r.Employer != "")
	set(hasSpecialties, len(r.Specialties) > 0)
	set(hasValid, !r.Valid.IsZero())
	set(hasStatusDate, !r.StatusDate.IsZero())
	set(hasReason, r.Reason != "")
	set(hasQR, r.QRKey != "")
	set(hasEcert, r.EcertID != "")
	set(hasUpdated, !r.UpdatedAt.IsZero())
	set(hasUsage, !r.LatestUsageFrom.IsZero())
	set(hasHistory, len(r.History) > 0)
	b = binary.AppendUvarint(b, mask)
	b = binary.AppendUvarint(b, uint64(in.word(string(r.Kind))))
	b = appendText(b, r.Name)
	b = binary.AppendUvarint(b, uint64(in.word(r.Status)))
	if mask&hasSex != 0 {
		b = binary.AppendUvarint(b, uint64(in.word(r.Sex)))
	}
	if mask&hasBirth != 0 {
		b = appendDate(b, r.Birth)
	}
	if mask&hasEmployer != 0 {
		b = binary.AppendUvarint(b, uint64(in.employer(r.Employer)))
	}
	if mask&hasSpecialties != 0 {
		b = binary.AppendUvarint(b, uint64(len(r.Specialties)))
		for _, s := range r.Specialties {
			b = appendSpecialty(b, s, in)
		}
	}
	if mask&hasValid != 0 {
		b = appendDate(appendDate(b, r.Valid.From), r.Valid.To)
	}
	if mask&hasStatusDate != 0 {
		b = appendDate(b, r.StatusDate)
	}
	if mask&hasReason != 0 {
		b = appendText(b, r.Reason)
	}
	if mask&hasQR != 0 {
		b = appendText(b, r.QRKey)
	}
	if mask&hasEcert != 0 {
		b = appendText(b, r.EcertID)
	}
	if mask&hasUpdated != 0 {
		b = appendDate(b, r.UpdatedAt)
	}
	if mask&hasUsage != 0 {
		b = appendDate(b, r.LatestUsageFrom)
	}
	if mask&hasHistory != 0 {
		b = binary.AppendUvarint(b, uint64(len(r.History)))
		for _, h := range r.History {
			b = binary.AppendUvarint(b, uint64(in.word(h.Field)))
			b = appendText(b, h.Value)
			b = appendDate(b, h.Until)
		}
	}
	return b
}

func appendSpecialty(b []byte, s fields.Specialty, in interner) []byte {
	flags := byte(0)
	if s.Raw != "" {
		flags |= 1
	}
	if !s.Valid.From.IsZero() {
		flags |= 2
	}
	if !s.Valid.To.IsZero() {
		flags |= 4
	}
	b = binary.AppendUvarint(b, uint64(in.word(s.Name))<<3|uint64(flags))
	if flags&1 != 0 {
		b = binary.AppendUvarint(b, uint64(in.word(s.Raw)))
	}
	if flags&2 != 0 {
		b = appendDate(b, s.Valid.From)
	}
	if flags&4 != 0 {
		b = appendDate(b, s.Valid.To)
	}
	return b
}

// decodeRow reads what appendRow wrote; b must hold exactly one row.
func decodeRow(b []byte, number string, lx lexicon) (Row, error) {
	d := unpacker{b: b, lx: lx}
	mask := d.uvarint()
	if mask >= maskEnd {
		return Row{}, errPacked
	}
	r := Row{Number: number, Kind: fields.Kind(d.word()), Name: d.text(), Status: d.word()}
	if mask&hasSex != 0 {
		r.Sex = d.word()
	}
	if mask&hasBirth != 0 {
		r.Birth = d.date()
	}
	if mask&hasEmployer != 0 {
		r.Employer = d.employer()
	}
	if mask&hasSpecialties != 0 {
		r.Specialties = make([]fields.Specialty, 0, d.count(maxSpecialties))
		for range cap(r.Specialties) {
			r.Specialties = append(r.Specialties, d.specialty())
		}
	}
	if mask&hasValid != 0 {
		r.Valid = fields.Period{From: d.date(), To: d.date()}
	}
	if mask&hasStatusDate != 0 {
		r.StatusDate = d.date()
	}
	if mask&hasReason != 0 {
		r.Reason = d.text()
	}
	if mask&hasQR != 0 {
		r.QRKey = d.text()
	}
	if mask&hasEcert != 0 {
		r.EcertID = d.text()
	}
	if mask&hasUpdated != 0 {
		r.UpdatedAt = d.date()
	}
	if mask&hasUsage != 0 {
		r.LatestUsageFrom = d.date()
	}
	if mask&hasHistory != 0 {
		n := d.count(maxHistory)
		for range n {
			if d.err != nil {
				break
			}
			r.History = append(r.History, rules.FieldChange{Field: d.word(), Value: d.text(), Until: d.date()})
		}
	}
	if d.err == nil && len(d.b) != 0 {
		d.err = errPacked
	}
	return r, d.err
}

// unpacker reads fields off the front of b; after the first error every read gives zero values.
type unpacker struct {
	b   []byte
	lx  lexicon
	err error
}

func (d *unpacker) uvarint() uint64 {
	if len(d.b) > 0 && d.b[0] < 0x80 {
		v := d.b[0]
		d.b = d.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.err = nil, errors.Join(d.err, errPacked)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *unpacker) count(limit int) int {
	n := d.uvarint()
	if n > uint64(limit) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *unpacker) fail() {
	d.b = nil
	if d.err == nil {
		d.err = errPacked
	}
}

func (d *unpacker) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.fail()
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *unpacker) word() string { return d.lookup(lexicon.wordAt) }

func (d *unpacker) employer() string { return d.lookup(lexicon.employerAt) }

func (d *unpacker) lookup(at func(lexicon, uint32) (string, error)) string {
	i := d.uvarint()
	return d.at(i, at)
}

func (d *unpacker) at(i uint64, at func(lexicon, uint32) (string, error)) string {
	if d.err != nil || i > maxRows {
		d.fail()
		return ""
	}
	s, err := at(d.lx, uint32(i))
	if err != nil {
		d.b, d.err = nil, err
	}
	return s
}

func (d *unpacker) date() civil.Date {
	p := d.take(3)
	if p == nil {
		return civil.Date{}
	}
	x := unpackDate(uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2]))
	if !sane(x) {
		d.fail()
		return civil.Date{}
	}
	return x
}

func (d *unpacker) specialty() fields.Specialty {
	v := d.uvarint()
	s := fields.Specialty{Name: d.at(v>>3, lexicon.wordAt)}
	if v&1 != 0 {
		s.Raw = d.word()
	}
	if v&2 != 0 {
		s.Valid.From = d.date()
	}
	if v&4 != 0 {
		s.Valid.To = d.date()
	}
	return s
}

// Forms of a packed text: as it is, or two digits of a hexadecimal identifier to the byte.
const (
	textPlain = iota
	textHexLower
	textHexUpper
	textForms = 4
)

func appendText(b []byte, s string) []byte {
	if len(s) >= 8 && len(s)%2 == 0 {
		form := textHexLower
		raw, err := hex.DecodeString(s)
		if err == nil && hex.EncodeToString(raw) != s {
			form = textHexUpper
			if strings.ToUpper(s) != s {
				err = errPacked // mixed case would not come back as it was
			}
		}
		if err == nil {
			b = binary.AppendUvarint(b, uint64(len(raw))*textForms+uint64(form))
			return append(b, raw...)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s))*textForms+textPlain)
	return append(b, s...)
}

func (d *unpacker) text() string {
	v := d.uvarint()
	p := d.take(v / textForms)
	switch v % textForms {
	case textPlain:
		return string(p)
	case textHexLower:
		return hexText(p, "0123456789abcdef")
	case textHexUpper:
		return hexText(p, "0123456789ABCDEF")
	}
	d.fail()
	return ""
}

func hexText(p []byte, digits string) string {
	var small [64]byte
	b := small[:0]
	for _, c := range p {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return string(b)
}

// packDate keeps a day or a month in 22 bits, in order.
func packDate(d civil.Date) uint32 {
	if d.IsZero() {
		return 0
	}
	return uint32(d.Y*384 + int(d.M-1)*32 + d.D)
}

func unpackDate(v uint32) civil.Date {
	if v == 0 {
		return civil.Date{}
	}
	return civil.Date{Y: int(v / 384), M: time.Month(v%384/32 + 1), D: int(v % 32)}
}

func appendDate(b []byte, d civil.Date) []byte {
	v := packDate(d)
	return append(b, byte(v>>16), byte(v>>8), byte(v))
}
