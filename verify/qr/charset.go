package qr

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// The names of charsets in Code.Charset.
const (
	charsetASCII   = "US-ASCII"
	charsetUTF8    = "UTF-8"
	charsetGB18030 = "GB18030"
	charsetSJIS    = "Shift_JIS"
	charsetLatin1  = "ISO-8859-1"
	charsetBinary  = "binary"
)

// eciCharset returns the charset that an ECI assignment number names (AIM ECI register).
func eciCharset(eci int) (string, encoding.Encoding) {
	switch eci {
	case 0, 2:
		return "IBM437", charmap.CodePage437
	case 1, 3:
		return charsetLatin1, charmap.ISO8859_1
	case 4:
		return "ISO-8859-2", charmap.ISO8859_2
	case 5:
		return "ISO-8859-3", charmap.ISO8859_3
	case 6:
		return "ISO-8859-4", charmap.ISO8859_4
	case 7:
		return "ISO-8859-5", charmap.ISO8859_5
	case 8:
		return "ISO-8859-6", charmap.ISO8859_6
	case 9:
		return "ISO-8859-7", charmap.ISO8859_7
	case 10:
		return "ISO-8859-8", charmap.ISO8859_8
	case 11:
		return "ISO-8859-9", charmap.ISO8859_9
	case 12:
		return "ISO-8859-10", charmap.ISO8859_10
	case 13:
		return "ISO-8859-11", charmap.Windows874
	case 15:
		return "ISO-8859-13", charmap.ISO8859_13
	case 16:
		return "ISO-8859-14", charmap.ISO8859_14
	case 17:
		return "ISO-8859-15", charmap.ISO8859_15
	case 18:
		return "ISO-8859-16", charmap.ISO8859_16
	case 20:
		return charsetSJIS, japanese.ShiftJIS
	case 21:
		return "windows-1250", charmap.Windows1250
	case 22:
		return "windows-1251", charmap.Windows1251
	case 23:
		return "windows-1252", charmap.Windows1252
	case 24:
		return "windows-1256", charmap.Windows1256
	case 25:
		return "UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case 26:
		return charsetUTF8, unicode.UTF8
	case 27, 170:
		return charsetASCII, charmap.ISO8859_1
	case 28:
		return "Big5", traditionalchinese.Big5
	case 29, 31, 32:
		return charsetGB18030, simplifiedchinese.GB18030
	case 30:
		return "EUC-KR", korean.EUCKR
	case 33:
		return "UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	return "", nil
}

// text turns the payload into characters. Where the symbol names a charset and the bytes are valid in it, that is
// used; otherwise one charset is chosen for the whole run of unlabelled segments and reported as a guess.
func (p *payload) text() (text, charset string, guessed bool) {
	var b strings.Builder
	names := map[string]bool{}
	note := func(name string, guess bool) {
		if name != charsetASCII {
			names[name] = true
			charset = name
		}
		guessed = guessed || guess
	}
	for i := 0; i < len(p.segments); {
		s := p.segments[i]
		j := i + 1
		for j < len(p.segments) && p.segments[j].eci == s.eci {
			j++
		}
		run := p.segments[i:j]
		if s.eci == noECI {
			t, name, guess := guessRun(run)
			b.WriteString(t)
			note(name, guess)
		} else {
			t, name, guess := labelledRun(run, s.eci)
			b.WriteString(t)
			note(name, guess)
		}
		i = j
	}
	switch {
	case charset == "":
		charset = charsetASCII
	case len(names) > 1:
		charset = "mixed"
	}
	return b.String(), charset, guessed
}

// labelledRun decodes segments under an ECI. Kanji and Hanzi segments keep the charset of their mode.
func labelledRun(run []segment, eci int) (string, string, bool) {
	name, enc := eciCharset(eci)
	if eci == 899 {
		name, enc = charsetBinary, charmap.ISO8859_1
	}
	if enc == nil {
		t, n, _ := guessRun(run)
		return t, n, true
	}
	var b strings.Builder
	var pending []byte
	ok := true
	flush := func() {
		t, good := decodeAll(enc, pending)
		b.WriteString(t)
		ok = ok && good
		pending = pending[:0]
	}
	for _, s := range run {
		switch s.kind {
		case kanjiSegment, hanziSegment:
			flush()
			t, good := decodeAll(modeEncoding(s.kind), s.data)
			b.WriteString(t)
			ok = ok && good
		case numericSegment, alphanumericSegment:
			flush()
			b.Write(s.data)
		default:
			pending = append(pending, s.data...)
		}
	}
	flush()
	if !ok { // for example GBK bytes under ECI 26
		t, n, _ := guessRun(run)
		return t, n, true
	}
	return b.String(), name, false
}

func modeEncoding(k segmentKind) encoding.Encoding {
	if k == kanjiSegment {
		return japanese.ShiftJIS
	}
	return simplifiedchinese.GB18030
}

func decodeAll(enc encoding.Encoding, data []byte) (string, bool) {
	if len(data) == 0 {
		return "", true
	}
	if enc == unicode.UTF8 {
		return string(data), utf8.Valid(data)
	}
	t, err := enc.NewDecoder().Bytes(data)
	return string(t), err == nil && !strings.ContainsRune(string(t), utf8.RuneError)
}

// guessRun decodes segments that name no charset. UTF-8 is tried over the concatenation, because encoders that choose
// the mode byte by byte put parts of UTF-8 characters into kanji segments.
func guessRun(run []segment) (string, string, bool) {
	var all []byte
	high, kanji, hanzi := false, false, false
	for _, s := range run {
		all = append(all, s.data...)
		switch s.kind {
		case kanjiSegment:
			kanji = true
		case hanziSegment:
			hanzi = true
		case byteSegment:
			for _, c := range s.data {
				high = high || c >= 0x80
			}
		}
	}
	switch {
	case !high && !kanji && !hanzi:
		return string(all), charsetASCII, false
	case !high && kanji && !hanzi:
		// Kanji mode names its charset, but a symbol whose kanji bytes are UTF-8 or good GB 18030 was made by accident.
		if utf8.Valid(all) {
			return string(all), charsetUTF8, true
		}
		if t, ok := decodeAll(japanese.ShiftJIS, all); ok {
			return t, charsetSJIS, false
		}
	case !high && hanzi && !kanji:
		if t, ok := decodeAll(simplifiedchinese.GB18030, all); ok {
			return t, charsetGB18030, false
		}
	case utf8.Valid(all):
		return strings.TrimPrefix(string(all), "\ufeff"), charsetUTF8, true
	}
	if !kanji && !hanzi {
		return guessBytes(all)
	}
	// Segments of different charsets: each on its own, bytes by a guess that leans to the charset of the mode.
	var b strings.Builder
	name := charsetGB18030
	if kanji {
		name = charsetSJIS
	}
	for _, s := range run {
		switch s.kind {
		case kanjiSegment, hanziSegment:
			t, _ := decodeAll(modeEncoding(s.kind), s.data)
			b.WriteString(t)
		case byteSegment:
			if t, ok := decodeAll(japanese.ShiftJIS, s.data); ok && kanji {
				b.WriteString(t)
				continue
			}
			t, _, _ := guessBytes(s.data)
			b.WriteString(t)
		default:
			b.Write(s.data)
		}
	}
	return b.String(), name, true
}

// guessBytes chooses among UTF-8, GB 18030, Shift_JIS and ISO 8859-1 by what the bytes would spell.
func guessBytes(data []byte) (string, string, bool) {
	if utf8.Valid(data) {
		if isASCII(data) {
			return string(data), charsetASCII, false
		}
		return strings.TrimPrefix(string(data), "\ufeff"), charsetUTF8, true
	}
	if isBinary(data) {
		// Not text in any charset: bytes that are not UTF-8 are shown as U+FFFD, and Code.Bytes holds the content.
		t, _ := unicode.UTF8.NewDecoder().Bytes(data)
		return string(t), charsetBinary, true
	}
	if halfWidthKana(data) {
		if t, ok := decodeAll(japanese.ShiftJIS, data); ok {
			return t, charsetSJIS, true
		}
	}
	gb, gbOK := decodeAll(simplifiedchinese.GB18030, data)
	sj, sjOK := decodeAll(japanese.ShiftJIS, data)
	best, score, name := "", -1.0, ""
	if gbOK {
		best, score, name = gb, gbScore(data), charsetGB18030
	}
	if s := sjisScore(data); sjOK && s > score {
		best, score, name = sj, s, charsetSJIS
	}
	if s := latinScore(data); s > score {
		t, _ := decodeAll(charmap.ISO8859_1, data)
		best, name = t, charsetLatin1
	}
	return best, name, true
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// isBinary reports whether bytes that are not UTF-8 hold control characters that no text has.
func isBinary(b []byte) bool {
	for _, c := range b {
		if c < 0x09 || c >= 0x0E && c < 0x1B {
			return true
		}
	}
	return false
}

// halfWidthKana reports whether all high bytes are half-width kana with voicing marks, of which there is at least one,
// only behind kana that can be voiced. Chinese text in GB 18030 hardly ever looks so.
func halfWidthKana(b []byte) bool {
	marks := 0
	for i, c := range b {
		switch {
		case c < 0x80:
		case c < 0xA1 || c > 0xDF:
			return false
		case c >= 0xDE:
			if i == 0 || !(b[i-1] == 0xB3 || b[i-1] >= 0xB6 && b[i-1] <= 0xC4 || b[i-1] >= 0xCA && b[i-1] <= 0xCE) {
				return false
			}
			marks++
		}
	}
	return marks > 0
}

// gbScore is the share of high characters that are common in Chinese text: level-1 hanzi of GB 2312 count whole, its
// symbols and level-2 hanzi half, the rest of GBK and GB 18030 little.
func gbScore(b []byte) float64 {
	n, sum := 0.0, 0.0
	for i := 0; i < len(b); {
		c := b[i]
		if c < 0x80 {
			i++
			continue
		}
		n++
		if i+1 >= len(b) {
			break
		}
		t := b[i+1]
		switch {
		case t >= 0x30 && t <= 0x39:
			sum += .2
			i += 4
			continue
		case t < 0xA1:
			sum += .2
		case c >= 0xB0 && c <= 0xD7:
			sum++
		case c >= 0xD8 && c <= 0xF7, c == 0xA1, c == 0xA3:
			sum += .5
		default:
			sum += .2
		}
		i += 2
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// sjisScore is the like for Japanese: kana and level-1 kanji count whole, half-width kana a third.
func sjisScore(b []byte) float64 {
	n, sum := 0.0, 0.0
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < 0x80:
			i++
			continue
		case c >= 0xA1 && c <= 0xDF:
			n++
			sum += .35
			i++
			continue
		}
		n++
		switch {
		case c == 0x82, c == 0x83, c >= 0x88 && c <= 0x97:
			sum += 1.1
		case c == 0x81:
			sum += .7
		default:
			sum += .4
		}
		i += 2
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// latinScore counts accented letters that stand among ASCII letters.
func latinScore(b []byte) float64 {
	n, sum := 0.0, 0.0
	letter := func(i int) bool {
		if i < 0 || i >= len(b) {
			return false
		}
		c := b[i] | 0x20
		return c >= 'a' && c <= 'z'
	}
	for i, c := range b {
		if c < 0x80 {
			continue
		}
		n++
		alone := (i == 0 || b[i-1] < 0x80) && (i+1 == len(b) || b[i+1] < 0x80)
		switch {
		case c < 0xA0:
		case alone && (letter(i-1) || letter(i+1)):
			sum++
		case alone:
			sum += .8
		default:
			sum += .1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
