package qr

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// bitWriter builds data codewords for tests.
type bitWriter struct {
	b    []byte
	free int
}

func (w *bitWriter) put(v, n int) *bitWriter {
	for i := n - 1; i >= 0; i-- {
		if w.free == 0 {
			w.b = append(w.b, 0)
			w.free = 8
		}
		w.free--
		w.b[len(w.b)-1] |= byte(v>>i&1) << w.free
	}
	return w
}

func (w *bitWriter) bytesMode(s string) *bitWriter {
	w.put(modeByte, 4).put(len(s), 8)
	for i := range len(s) {
		w.put(int(s[i]), 8)
	}
	return w
}

func (w *bitWriter) double(mode int, s string, radix, limit, low, high int) *bitWriter {
	w.put(mode, 4)
	if mode == modeHanzi {
		w.put(1, 4)
	}
	w.put(len(s)/2, 8)
	for i := 0; i+1 < len(s); i += 2 {
		c := int(s[i])<<8 | int(s[i+1])
		if c-low < limit && c >= low {
			c -= low
		} else {
			c -= high
		}
		w.put(c>>8*radix+c&255, 13)
	}
	return w
}

func (w *bitWriter) kanji(s string) *bitWriter {
	return w.double(modeKanji, s, 0xC0, 0x1F00, 0x8140, 0xC140)
}

func (w *bitWriter) hanzi(s string) *bitWriter {
	return w.double(modeHanzi, s, 0x60, 0x0A00, 0xA1A1, 0xA6A1)
}

func (w *bitWriter) end() []byte {
	w.put(0, 4)
	for i := range 3 {
		w.b = append(w.b, [2]byte{0xEC, 0x11}[i%2])
	}
	return w.b
}

func gbk(t *testing.T, s string) string {
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sjis(t *testing.T, s string) string {
	b, err := japanese.ShiftJIS.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestText(t *testing.T) {
	const han = "一级建造师注册证书"
	utf := han
	new := func() *bitWriter { return &bitWriter{} }
	for _, tc := range []struct {
		name    string
		data    []byte
		want    string
		charset string
		guessed bool
	}{
		{"digits", new().put(modeNumeric, 4).put(8, 10).put(12, 10).put(345, 10).put(67, 7).end(), "01234567", charsetASCII, false},
		{"alphanumeric", new().put(modeAlphanumeric, 4).put(5, 9).put(10*45+12, 11).put(4*45+2, 11).put(41, 6).end(), "AC42-", charsetASCII, false},
		{"ASCII bytes", new().bytesMode("plain").end(), "plain", charsetASCII, false},
		{"UTF-8", new().bytesMode(utf).end(), han, charsetUTF8, true},
		{"UTF-8 with mark", new().bytesMode("\ufeff" + utf).end(), han, charsetUTF8, true},
		{"UTF-8 with ECI 26", new().put(modeECI, 4).put(26, 8).bytesMode(utf).end(), han, charsetUTF8, false},
		{"UTF-8 split over two segments", new().bytesMode(utf[:10]).bytesMode(utf[10:]).end(), han, charsetUTF8, true},
		{"GB 18030", new().bytesMode(gbk(t, han)).end(), han, charsetGB18030, true},
		{"GB 18030 with Latin", new().bytesMode(gbk(t, "姓名:张三|No.123")).end(), "姓名:张三|No.123", charsetGB18030, true},
		{"GB 18030 split inside a character", new().bytesMode(gbk(t, han)[:5]).bytesMode(gbk(t, han)[5:]).end(), han, charsetGB18030, true},
		{
			"GB 18030 between digits and letters",
			new().put(modeAlphanumeric, 4).put(2, 9).put(10*45+12, 11).bytesMode(gbk(t, "京注册证书")).put(modeNumeric, 4).put(3, 10).put(112, 10).end(),
			"AC京注册证书112", charsetGB18030, true,
		},
		{
			"UTF-8 under ECI 26, then GB 18030 under ECI 29",
			new().put(modeECI, 4).put(26, 8).bytesMode("证书").put(modeECI, 4).put(29, 8).bytesMode(gbk(t, "专业")).end(), "证书专业", "mixed", false,
		},
		{"GB 18030 with ECI 29", new().put(modeECI, 4).put(29, 8).bytesMode(gbk(t, han)).end(), han, charsetGB18030, false},
		{"GB 18030 with ECI 32", new().put(modeECI, 4).put(32, 8).bytesMode(gbk(t, han)).end(), han, charsetGB18030, false},
		{"GB 18030 four bytes, ECI 32", new().put(modeECI, 4).put(32, 8).bytesMode(gbk(t, "㐀𠀀")).end(), "㐀𠀀", charsetGB18030, false},
		{"GBK bytes under ECI 26", new().put(modeECI, 4).put(26, 8).bytesMode(gbk(t, han)).end(), han, charsetGB18030, true},
		{"unassigned ECI", new().put(modeECI, 4).put(0x80|77>>8, 8).put(177, 8).bytesMode(utf).end(), han, charsetUTF8, true},
		{"ECI 899", new().put(modeECI, 4).put(0x83, 8).put(899-0x300, 8).bytesMode("\x00\xff").end(), "\x00ÿ", charsetBinary, false},
		{"Shift_JIS", new().bytesMode(sjis(t, "こんにちは世界")).end(), "こんにちは世界", charsetSJIS, true},
		{"half-width kana", new().bytesMode(sjis(t, "ﾃﾞｻﾞｲﾝQR")).end(), "ﾃﾞｻﾞｲﾝQR", charsetSJIS, true},
		{"Latin-1", new().bytesMode("Caf\xe9 M\xfcnchen").end(), "Café München", charsetLatin1, true},
		{"Latin-1 with ECI 3", new().put(modeECI, 4).put(3, 8).bytesMode("Caf\xe9").end(), "Café", charsetLatin1, false},
		{"kanji mode", new().kanji(sjis(t, "漢字")).end(), "漢字", charsetSJIS, false},
		{"hanzi mode", new().hanzi(gbk(t, "证书。")).end(), "证书。", charsetGB18030, false},
		{"UTF-8 whose bytes fell into kanji mode", new().bytesMode(utf[:6]).kanji(utf[6:8]).bytesMode(utf[8:]).end(), han, charsetUTF8, true},
		{"kanji mode and Shift_JIS bytes", new().kanji(sjis(t, "漢字")).bytesMode(sjis(t, "テスト")).end(), "漢字テスト", charsetSJIS, true},
		{"FNC1", new().put(modeFNC1First, 4).put(modeAlphanumeric, 4).put(4, 9).put(38*45+38, 11).put(38*45+1, 11).end(), "%\x1d1", charsetASCII, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := parseBitStream(tc.data, 1)
			if err != nil {
				t.Fatal(err)
			}
			text, charset, guessed := p.text()
			if text != tc.want || charset != tc.charset || guessed != tc.guessed {
				t.Errorf("got %q, %s, guessed %v; want %q, %s, %v", text, charset, guessed, tc.want, tc.charset, tc.guessed)
			}
			if !p.tail {
				t.Error("the terminator and pad codewords were not recognised")
			}
		})
	}
}

func TestBinaryIsNotText(t *testing.T) {
	p, err := parseBitStream((&bitWriter{}).bytesMode("\x89PNG\r\n\x1a\n\x00\xff").end(), 1)
	if err != nil {
		t.Fatal(err)
	}
	text, charset, guessed := p.text()
	if charset != charsetBinary || !guessed || !utf8.ValidString(text) || !bytes.Equal(p.bytes(), []byte("\x89PNG\r\n\x1a\n\x00\xff")) {
		t.Errorf("got %q, %s, %v", text, charset, guessed)
	}
}

func TestParseBitStreamRefuses(t *testing.T) {
	new := func() *bitWriter { return &bitWriter{} }
	for name, w := range map[string]*bitWriter{
		"bytes cut off":          new().put(modeByte, 4).put(200, 8).put(65, 8),
		"digits cut off":         new().put(modeNumeric, 4).put(1000, 10).put(5, 10),
		"digit group over 999":   new().put(modeNumeric, 4).put(3, 10).put(1000, 10),
		"alphanumeric over 2024": new().put(modeAlphanumeric, 4).put(2, 9).put(2047, 11),
		"kanji cut off":          new().put(modeKanji, 4).put(99, 8),
		"unassigned mode":        new().put(6, 4).put(0, 16),
		"ECI cut off":            new().put(modeECI, 4).put(0xC0, 8),
		"ECI of a bad form":      new().put(modeECI, 4).put(0xFF, 8).put(0, 24),
		"append cut off":         new().put(modeAppend, 4).put(1, 8),
	} {
		if p, err := parseBitStream(w.b, 1); err == nil {
			t.Errorf("%s: taken as %+v", name, p)
		}
	}
}

func TestCountBitsGrowWithVersion(t *testing.T) {
	for _, tc := range [][3]int{{modeByte, 9, 8}, {modeByte, 10, 16}, {modeNumeric, 26, 12}, {modeNumeric, 27, 14}, {modeKanji, 40, 12}, {modeAlphanumeric, 1, 9}} {
		if n := countBits(tc[0], tc[1]); n != tc[2] {
			t.Errorf("mode %d version %d: %d bits, want %d", tc[0], tc[1], n, tc[2])
		}
	}
}

func FuzzParseBitStream(f *testing.F) {
	f.Add((&bitWriter{}).bytesMode("plain").end(), 1)
	f.Add((&bitWriter{}).put(modeECI, 4).put(26, 8).bytesMode("\xe4\xb8").end(), 10)
	f.Add((&bitWriter{}).put(modeAppend, 4).put(0x1234, 16).put(modeKanji, 4).put(1, 8).put(8191, 13).end(), 27)
	f.Fuzz(func(t *testing.T, data []byte, version int) {
		if len(data) > 4096 {
			return
		}
		p, err := parseBitStream(data, version%41)
		if err != nil {
			return
		}
		text, charset, _ := p.text()
		if !utf8.ValidString(text) {
			t.Fatalf("%s text is not UTF-8: %q", charset, text)
		}
		if len(p.bytes()) > 4*len(data)+16 && !strings.Contains(charset, "x") {
			t.Fatalf("%d bytes from %d", len(p.bytes()), len(data))
		}
	})
}
