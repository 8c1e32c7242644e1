package document

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// fontFact is what a font's dictionary says.
type fontFact struct {
	unicode  bool // ToUnicode, or an encoding from which Unicode follows (ISO 32000-2, 9.10.2)
	embedded bool
}

// structure is what pdfcpu reads of a PDF: the dictionaries that PDFium does not show.
type structure struct {
	fonts       map[string]fontFact // by base font name
	attachments map[string]int64    // sizes by name
}

// readStructure runs pdfcpu over the file. It works on the Go heap outside of the sandbox, so it gets limits of its
// own for streams, objects and depth; it can't be killed, see guard.
func readStructure(ctx context.Context, g *guard, b []byte, limits Limits) (structure, error) {
	return guarded(ctx, g, false, func() (structure, error) {
		conf := pdfcpuConfig(limits)
		c, err := api.ReadContext(bytes.NewReader(b), conf)
		if err != nil {
			return structure{}, err
		}
		return structure{fonts: fontFacts(c), attachments: attachmentSizes(c)}, nil
	})
}

// disableConfigDir keeps pdfcpu from making a folder in the user's home. It writes a global, so it must run once.
var disableConfigDir = sync.OnceFunc(api.DisableConfigDir)

func pdfcpuConfig(limits Limits) *model.Configuration {
	disableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	conf.ValidationMode = model.ValidationRelaxed
	conf.Limits.MaxStreamBytes = limits.StructureBytes
	conf.Limits.MaxDecodeBytes = limits.StructureDecode
	conf.Limits.MaxObjectCount = limits.StructureObjects
	conf.Limits.MaxXRefEntries = limits.StructureObjects
	conf.Limits.MaxObjectStreamCount = limits.StructureObjects
	conf.Limits.MaxObjectStreamFirst = 1 << 20
	conf.Limits.MaxRecursionDepth = 64
	return conf
}

func fontFacts(c *model.Context) map[string]fontFact {
	facts := map[string]fontFact{}
	for _, e := range c.Table {
		if e == nil || e.Free {
			continue
		}
		d, ok := e.Object.(types.Dict)
		if !ok || d.Type() == nil || *d.Type() != "Font" {
			continue
		}
		sub := d.Subtype()
		if sub == nil || strings.HasPrefix(*sub, "CIDFont") {
			continue // described by the Type0 font above it
		}
		name := "" // Type 3 fonts have none
		if n := d.NameEntry("BaseFont"); n != nil {
			name = fontName([]byte(*n))
		}
		f := fontFact{unicode: hasUnicode(c, d, *sub), embedded: isEmbedded(c, d, *sub)}
		if old, ok := facts[name]; ok { // two fonts of one name: trust the worse
			f = fontFact{unicode: f.unicode && old.unicode, embedded: f.embedded && old.embedded}
		}
		facts[name] = f
	}
	return facts
}

// hasUnicode follows ISO 32000-2, 9.10.2: a ToUnicode map; a simple font whose glyphs have standard names; a
// composite font of a registered character collection.
func hasUnicode(c *model.Context, d types.Dict, subtype string) bool {
	if o, ok := d.Find("ToUnicode"); ok {
		if sd, _, err := c.DereferenceStreamDict(o); err == nil && sd != nil {
			return true
		}
	}
	enc, _ := d.Find("Encoding")
	enc, err := c.Dereference(enc)
	if err != nil {
		return false
	}
	if subtype == "Type0" {
		return registered(c, d)
	}
	switch enc := enc.(type) {
	case types.Name:
		switch enc {
		case "WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding", "StandardEncoding":
			return subtype != "Type3"
		}
		// A CMap name on a simple font, as some generators write for GBK: PDFium maps it.
		return false
	case types.Dict:
		return namedGlyphs(c, enc)
	}
	return subtype != "Type3" && !symbolic(c, d)
}

// registered reports whether the descendant font's collection is one whose CIDs have Unicode values.
func registered(c *model.Context, d types.Dict) bool {
	o, _ := d.Find("DescendantFonts")
	a, err := c.DereferenceArray(o)
	if err != nil || len(a) == 0 {
		return false
	}
	cid, err := c.DereferenceDict(a[0])
	if err != nil || cid == nil {
		return false
	}
	o, _ = cid.Find("CIDSystemInfo")
	info, err := c.DereferenceDict(o)
	if err != nil || info == nil {
		return false
	}
	ordering, _ := info.Find("Ordering")
	s, err := c.DereferenceStringOrHexLiteral(ordering, model.V10, nil)
	if err != nil {
		return false
	}
	switch s {
	case "GB1", "CNS1", "Japan1", "Korea1", "KR":
		return true
	}
	return false
}

// namedGlyphs looks for made-up glyph names such as g17 or cid_204, from which no character follows.
func namedGlyphs(c *model.Context, enc types.Dict) bool {
	o, ok := enc.Find("Differences")
	if !ok {
		return true
	}
	a, err := c.DereferenceArray(o)
	if err != nil {
		return false
	}
	madeUp := regexp.MustCompile(`^(?i:g|c|a|cid|glyph|index|char)[_.]?[0-9]+$`)
	for _, v := range a {
		if n, ok := v.(types.Name); ok && madeUp.MatchString(string(n)) {
			return false
		}
	}
	return true
}

func symbolic(c *model.Context, d types.Dict) bool {
	fd := descriptor(c, d)
	if fd == nil {
		return false // one of the standard 14 fonts
	}
	flags := fd.IntEntry("Flags")
	return flags != nil && *flags&4 != 0
}

func descriptor(c *model.Context, d types.Dict) types.Dict {
	o, ok := d.Find("FontDescriptor")
	if !ok {
		return nil
	}
	fd, err := c.DereferenceDict(o)
	if err != nil {
		return nil
	}
	return fd
}

func isEmbedded(c *model.Context, d types.Dict, subtype string) bool {
	switch subtype {
	case "Type3":
		return true
	case "Type0":
		o, _ := d.Find("DescendantFonts")
		a, err := c.DereferenceArray(o)
		if err != nil || len(a) == 0 {
			return false
		}
		if d, err = c.DereferenceDict(a[0]); err != nil || d == nil {
			return false
		}
	}
	fd := descriptor(c, d)
	for _, k := range []string{"FontFile", "FontFile2", "FontFile3"} {
		if _, ok := fd.Find(k); ok {
			return true
		}
	}
	return false
}

// fontName makes a base font name comparable: #xx escapes resolved, GBK names of Chinese fonts decoded, the subset
// tag kept, since it tells two subsets of one font apart.
func fontName(b []byte) string {
	if s, err := types.DecodeName(string(b)); err == nil {
		b = []byte(s)
	}
	return clean(decodeGB(b))
}

// attachmentSizes reads what the file specifications claim of their embedded files (ISO 32000-2, 7.11.4); -1 for
// nothing.
func attachmentSizes(c *model.Context) map[string]int64 {
	sizes := map[string]int64{}
	for _, e := range c.Table {
		if e == nil || e.Free {
			continue
		}
		spec, ok := e.Object.(types.Dict)
		if !ok {
			continue
		}
		o, ok := spec.Find("EF")
		if !ok {
			continue
		}
		files, err := c.DereferenceDict(o)
		if err != nil {
			continue
		}
		size := int64(-1)
		for _, k := range []string{"UF", "F"} {
			o, _ := files.Find(k)
			file, _, err := c.DereferenceStreamDict(o)
			if err != nil || file == nil {
				continue
			}
			o, _ = file.Find("Params")
			if params, err := c.DereferenceDict(o); err == nil && params != nil {
				if n := params.IntEntry("Size"); n != nil && *n >= 0 {
					size = int64(*n)
				}
			}
		}
		for _, k := range []string{"UF", "F"} {
			o, ok := spec.Find(k)
			if !ok {
				continue
			}
			if name, err := c.DereferenceText(o); err == nil {
				sizes[clean(name)] = size
			}
		}
	}
	return sizes
}
