package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync"
	"time"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/report"
	"zhengyan/verify/seal"
)

const inspectExamples = `  zhengyan inspect qr --json page.png
  zhengyan inspect seal --trust anchors/ certificate.pdf
  zhengyan inspect fields certificate.pdf
  zhengyan inspect ink --reference certificate.pdf --json scan.jpg
  zhengyan inspect ink --crops --json signature.png other.png
  zhengyan inspect document bids/
`

// stage is one of the things that inspect looks at. look returns the object to print; its error is that file's.
type stage struct {
	name string
	look func(ctx context.Context, in *inspection, src document.Source) (any, error)
}

type inspection struct {
	env     *environment
	engine  *document.Engine
	tables  *fields.Tables
	hosts   []qr.Host
	anchors *seal.Anchors
	words   *viewmodel.Messages // those of the window, for what it says too
	// reader opens the reader of the print of pictures at its first use and gives nil where there is none; it is nil itself for
	// stages that read no print.
	reader func() fields.PageReader
	harder bool
}

func stages() []stage {
	return []stage{{"qr", lookQR}, {"seal", lookSeal}, {"fields", lookFields}, {"ink", nil}, {"document", lookDocument}}
}

// header opens every object of inspect --json.
type header struct {
	File  string  `json:"file"`
	MS    float64 `json:"ms"` // milliseconds
	Error string  `json:"error,omitempty"`
}

func cmdInspect(ctx context.Context, env *environment, args []string) int {
	var p folders
	var asJSON, harder bool
	fl := env.flags("inspect", "qr|seal|fields|ink|document [options] FILE...", inspectExamples)
	p.add(fl)
	fl.BoolVar(&asJSON, "json", false, "one JSON object a file (NDJSON), in input order")
	fl.BoolVar(&harder, "try-harder", false, "qr: spend up to 5 s a page")
	var task inkTask
	fl.StringVar(&task.reference, "reference", "", "ink: the e-certificate of which FILE is a print")
	fl.BoolVar(&task.crops, "crops", false, "ink: FILE... are plain pictures of signatures, the first is the reference")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() < 2 {
		return env.failHint(exitUsage, "zhengyan inspect -h", "inspect: name a stage (qr, seal, fields, ink, document) and a file")
	}
	var chosen *stage
	for _, s := range stages() {
		if s.name == fl.Arg(0) {
			chosen = &s
			break
		}
	}
	if chosen == nil {
		return env.failHint(exitUsage, "stages: qr, seal, fields, ink, document", "inspect: no stage %q", fl.Arg(0))
	}
	in, err := env.inspection(p, chosen.name)
	if err != nil {
		return env.openFailed("inspect", err)
	}
	defer in.engine.Close()
	in.harder = harder
	if chosen.name != "seal" {
		// Compiling the PDF engine at a machine's first start is not the first file's time; a failure shows with the file.
		_ = in.engine.Warm(ctx)
	}
	files := fl.Args()[1:]
	if chosen.name == "ink" {
		chosen, files, err = in.inkStage(ctx, task, files)
		for _, wrong := range []error{errOneReference, errFewPictures, errTwoReferences} {
			if errors.Is(err, wrong) {
				return env.failHint(exitUsage, "zhengyan inspect -h", "inspect ink: %v", err)
			}
		}
		if err != nil {
			return env.fail(exitUnreadable, "inspect ink: %v", err)
		}
	}
	paths, err := env.sourcesOf(ctx, files)
	if err != nil {
		return env.fail(exitUnreadable, "inspect: %v", err)
	}
	code, left := exitOK, &leftOut{}
	defer left.tell(env)
	for src, err := range document.ExpandTelling(ctx, paths, document.Limits{}, left.add) {
		if ctx.Err() != nil {
			return env.fail(exitUnreadable, "inspect: stopped")
		}
		code = max(code, in.one(ctx, chosen, src, err, asJSON))
	}
	return code
}

func (env *environment) inspection(p folders, stage string) (*inspection, error) {
	in := &inspection{env: env}
	var err error
	if in.engine, err = document.NewEngine(document.Config{CacheDir: env.cacheDir(), Font: assets.Font()}); err != nil {
		return nil, err
	}
	if in.tables, err = fields.LoadTables(assets.Rules()); err != nil {
		return nil, err
	}
	if in.hosts, err = qr.LoadHosts(assets.Rules()); err != nil {
		return nil, err
	}
	if in.words, err = viewmodel.LoadMessages(assets.Translations(), viewmodel.Lang(env.language(""))); err != nil {
		return nil, err
	}
	switch stage {
	case "seal":
		in.anchors, err = env.anchors(p)
	case "fields", "ink":
		in.reader = sync.OnceValue(func() fields.PageReader {
			r, err := env.printReader(p)
			if err != nil {
				env.warnOf(err)
				return nil
			}
			return r
		})
	}
	return in, err
}

// one looks at one file within the file's time limit and prints what was seen, the failure being an object too.
func (in *inspection) one(ctx context.Context, s *stage, src document.Source, err error, asJSON bool) int {
	start := in.env.Now()
	var out any
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		out, err = in.look(ctx, s, src)
		cancel()
	}
	h := header{File: src.Name, MS: millis(in.env.Now().Sub(start))}
	code := exitOK
	if err != nil {
		code = exitUnreadable
		h.Error = err.Error()
		if h.File == "" {
			h.File = nameOf(err)
		}
	}
	if err := in.print(h, out, err, asJSON); err != nil {
		return in.env.fail(exitInternal, "inspect: %v", err)
	}
	return code
}

func (in *inspection) look(ctx context.Context, s *stage, src document.Source) (out any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the program failed on this file: %v", r)
		}
	}()
	return s.look(ctx, in, src)
}

func nameOf(err error) string {
	if e, ok := err.(*document.Error); ok {
		return e.Name
	}
	return ""
}

func (in *inspection) print(h header, out any, failed error, asJSON bool) error {
	if asJSON {
		fieldsOf, err := merged(h, out)
		if err != nil {
			return err
		}
		enc := json.NewEncoder(in.env.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(fieldsOf)
	}
	w := in.env.Stdout
	fmt.Fprintln(w, report.Clean(h.File))
	if failed != nil {
		fmt.Fprintln(w, "  "+report.Clean(in.env.whyUnread(failed)))
	}
	if o, ok := out.(written); ok && h.Error == "" {
		o.write(talker{w, in.env.language("") == "zh"})
	}
	_, err := fmt.Fprintln(w)
	return err
}

// whyUnread says why a file could not be looked at, in the words that verify has for it, with what an expert needs behind.
func (env *environment) whyUnread(err error) string {
	var e *document.Error
	if !errors.As(err, &e) {
		return env.spoken(err)
	}
	why := string(e.Code)
	if book, err := ruleData(); err == nil {
		if words, ok := book.Words["file-"+string(e.Code)]; ok {
			why = words.In(env.language(""))
		}
	}
	said := env.sentence("cannot be read: %s", why)
	detail := *e
	detail.Name = ""
	return said + " (" + detail.Error() + ")"
}

// merged lays the header and a stage's object into one, the file first.
func merged(h header, out any) (orderedObject, error) {
	var obj orderedObject
	for _, part := range []any{h, out} {
		if part == nil {
			continue
		}
		raw, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		obj = append(obj, strings.TrimSuffix(strings.TrimPrefix(string(raw), "{"), "}"))
	}
	return obj, nil
}

// orderedObject is a JSON object given by its members as text.
type orderedObject []string

// MarshalJSON joins the members.
func (o orderedObject) MarshalJSON() ([]byte, error) {
	var parts []string
	for _, s := range o {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return []byte("{" + strings.Join(parts, ",") + "}"), nil
}

// corner is a point as [x,y].
type corner [2]float64

type codeOut struct {
	Page     int        `json:"page"`
	Text     string     `json:"text"`
	Bytes    []byte     `json:"bytes"`
	Format   string     `json:"format"`
	Corners  [4]corner  `json:"corners"`
	Strategy string     `json:"strategy"`
	Charset  string     `json:"charset,omitempty"`
	Guessed  bool       `json:"charsetGuessed,omitempty"`
	Version  int        `json:"version,omitempty"`
	ECLevel  string     `json:"ecLevel,omitempty"`
	Errors   int        `json:"errorsCorrected,omitempty"`
	Payload  qr.Payload `json:"payload"`
}

// qrOut is the object of inspect qr.
type qrOut struct {
	Codes     []codeOut     `json:"codes"`
	Conflicts []qr.Conflict `json:"conflicts,omitempty"`
}

// sealOut, fieldsOut and documentOut are the objects of the other stages.
type (
	sealOut struct {
		*seal.Report
		words *viewmodel.Messages
	}
	fieldsOut   struct{ *fields.Result }
	documentOut struct {
		Info     document.Info       `json:"info"`
		Metadata document.Metadata   `json:"metadata"`
		Pages    []document.PageSize `json:"pages"`
		Problems []document.Problem  `json:"problems,omitempty"`
	}
)

// noSeal is the answer on a file that could not be read.
func noSeal() sealOut {
	return sealOut{Report: &seal.Report{Status: seal.Unreadable, Overall: seal.NoVerdict, Signatures: []seal.Signature{}}}
}

func lookQR(ctx context.Context, in *inspection, src document.Source) (any, error) {
	doc, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	out := qrOut{Codes: []codeOut{}}
	budget := 1500 * time.Millisecond
	if in.harder {
		budget = 5 * time.Second
	}
	take := func(i int, img image.Image, box page.Box) (bool, error) {
		res, err := qr.Decode(ctx, img, qr.Options{Budget: budget, TryHarder: in.harder})
		if err != nil {
			return false, err
		}
		out.Conflicts = append(out.Conflicts, res.Conflicts...)
		b := img.Bounds()
		for _, c := range res.Codes {
			o := codeOut{
				i, c.Text, c.Bytes, c.Format,
				[4]corner{},
				c.Strategy, c.Charset, c.Guessed, c.Version, c.ECLevel, c.Errors,
				qr.Classify(c.Text, c.Bytes, in.hosts),
			}
			for k, p := range c.Corners {
				o.Corners[k] = corner{box.X0 + p.X*box.W()/float64(b.Dx()), box.Y0 + p.Y*box.H()/float64(b.Dy())}
			}
			out.Codes = append(out.Codes, o)
		}
		return len(res.Codes) > 0, nil
	}
	for i := range min(doc.NumPages(), 50) {
		found := false
		if doc.Info().Format == document.FormatPDF {
			imgs, err := doc.Images(ctx, i)
			if err != nil {
				return out, err
			}
			for _, im := range imgs {
				if im.Pixels == nil || im.Box.IsZero() {
					continue
				}
				ok, err := take(i, im.Pixels, im.Box)
				if err != nil {
					return out, err
				}
				found = found || ok
			}
		}
		if found {
			continue
		}
		dpi := 200.0
		if doc.Info().Format != document.FormatPDF {
			dpi = 0
		}
		img, err := doc.Render(ctx, i, dpi)
		if err != nil {
			return out, err
		}
		size, err := doc.PageSize(i)
		if err != nil {
			return out, err
		}
		if _, err := take(i, img, page.Box{X1: size.Width, Y1: size.Height}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// maxSealBytes bounds the file that inspect seal reads whole.
const maxSealBytes = 512 << 20

func lookSeal(ctx context.Context, in *inspection, src document.Source) (any, error) {
	data, err := src.ReadAll(maxSealBytes)
	if err != nil {
		return noSeal(), err
	}
	rep, err := seal.Inspect(ctx, data, seal.Options{Anchors: in.anchors, Now: in.env.Now()})
	if err != nil {
		return noSeal(), err
	}
	if rep.Status == seal.Unreadable {
		return sealOut{rep, in.words}, sealUnread(src.Name, data, rep.Problems)
	}
	return sealOut{rep, in.words}, nil
}

// sealUnread says why nothing can be said of a file's seals, so that a file that was not read is not taken for one without a
// seal: the stage reads nothing but PDF and OFD.
func sealUnread(name string, data []byte, problems []seal.Problem) error {
	e := &document.Error{Code: document.ErrDamaged, Name: name}
	switch format, _ := document.Sniff(data); format {
	case document.FormatPDF, document.FormatOFD:
	case document.FormatPNG, document.FormatJPEG, document.FormatTIFF, document.FormatBMP, document.FormatWebP:
		return speak("%s: this is a picture; only PDF and OFD files carry e-seals that can be verified", name)
	default:
		if e.Code = document.ErrUnsupported; len(data) == 0 {
			e.Code = document.ErrEmpty
		}
	}
	if len(problems) > 0 {
		e.Detail = problems[0].Detail
		switch problems[0].Code {
		case "ENCRYPTED":
			e.Code = document.ErrEncrypted
		case "LIMIT_PASSED":
			e.Code = document.ErrTooComplex
		}
	}
	return e
}

func lookFields(ctx context.Context, in *inspection, src document.Source) (any, error) {
	doc, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	texts, err := in.pageTexts(ctx, doc, 60)
	if err != nil {
		return nil, err
	}
	return fieldsOut{fields.Read(texts, in.tables)}, nil
}

func lookDocument(ctx context.Context, in *inspection, src document.Source) (any, error) {
	doc, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	out := documentOut{Info: doc.Info(), Metadata: doc.Metadata(), Problems: doc.Problems(), Pages: []document.PageSize{}}
	for i := range min(doc.NumPages(), 50) {
		s, err := doc.PageSize(i)
		if err != nil {
			return out, err
		}
		out.Pages = append(out.Pages, s)
	}
	return out, nil
}
