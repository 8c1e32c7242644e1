package fields

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrTables is wrapped by every error of LoadTables.
var ErrTables = errors.New("field tables")

// maxTableBytes bounds each of the data files.
const maxTableBytes = 1 << 20

// Province is a row of provinces.json: a leading character of registration numbers and its GB/T 2260 code.
type Province struct {
	Code  string   `json:"code"` // two digits
	Char  string   `json:"char"` // the leading character, 京
	Name  string   `json:"name"` // 北京市
	Alias []string `json:"alias,omitempty"`
	// Uncertain marks a code that no source gives.
	Uncertain bool `json:"uncertain,omitempty"`
}

// SpecialtyRow is a row of specialties.json.
type SpecialtyRow struct {
	Name   string   `json:"name"`  // 市政公用工程
	Short  string   `json:"short"` // 市政, as cut on the practice seal
	Alias  []string `json:"alias,omitempty"`
	Code   string   `json:"code,omitempty"`
	Level2 bool     `json:"level2,omitempty"` // also a specialty of the second class
}

// fieldType says how the text beside a label is read.
type fieldType string

const (
	typeText        fieldType = "text"        // one line
	typeLines       fieldType = "lines"       // text that may run over several lines
	typeSex         fieldType = "sex"         // 男 or 女
	typeDate        fieldType = "date"        // ParseDate
	typeHandDate    fieldType = "handdate"    // a date that may be left for the pen
	typePeriod      fieldType = "period"      // ParsePeriod
	typeNumber      fieldType = "number"      // letters, digits and one leading Chinese character
	typeID          fieldType = "id"          // CheckIDNumber
	typeSpecialties fieldType = "specialties" // names with validity
	typeNames       fieldType = "names"       // names without validity
	typeURL         fieldType = "url"
	typeEcert       fieldType = "ecert" // 证照标识 of GB/T 36904
	typeSignature   fieldType = "signature"
)

type fieldRow struct {
	Name     string    `json:"name"`
	Type     fieldType `json:"type"`
	Labels   []string  `json:"labels"`
	Required bool      `json:"required,omitempty"`
	// NotPaper fields are not asked of a paper certificate.
	NotPaper bool `json:"notPaper,omitempty"`
	// Strict labels count only with a colon or clear space behind them: the word also occurs in running text.
	Strict bool `json:"strict,omitempty"`
}

// dated reports whether the field is one day.
func (row *fieldRow) dated() bool {
	return row != nil && (row.Type == typeDate || row.Type == typeHandDate)
}

type faceRow struct {
	Kind    Kind     `json:"kind"`
	Level   int      `json:"level,omitempty"` // the level digit that the registration number must carry
	As      Kind     `json:"as,omitempty"`    // takes the fields of this face
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Source  string   `json:"source"`
	Titles  []string `json:"titles"` // "*" stands for a short name before the rest
	Issuers []string `json:"issuers,omitempty"`
	// Inside are labels of other faces that stand inside the values of this one.
	Inside []string   `json:"inside,omitempty"`
	Fields []fieldRow `json:"fields,omitempty"`

	words map[rune][]labelWord
}

type facesFile struct {
	Version         string    `json:"version"`
	Source          string    `json:"source"`
	SpecimenMarks   []string  `json:"specimenMarks"`
	TitlePrefixes   []string  `json:"titlePrefixes"`
	TitleSuffixes   []string  `json:"titleSuffixes"`
	Fillers         []string  `json:"fillers"` // printed where nothing follows
	PaperMarks      []string  `json:"paperMarks"`
	ElectronicMarks []string  `json:"electronicMarks"`
	Faces           []faceRow `json:"faces"`
}

// Tables is the dated data by which faces are read. It is not changed after LoadTables and may be shared.
type Tables struct {
	faces       facesFile
	labels      map[string]struct{} // every label of every face, squeezed
	provinces   []Province
	specialties []SpecialtyRow
	version     string
}

// Version names the state of the data: the latest of the versions of faces.json, provinces.json and specialties.json,
// which are days (YYYY-MM-DD).
func (t *Tables) Version() string { return t.version }

// LoadTables reads faces.json, provinces.json and specialties.json of the rule folder (assets.Rules()). The error
// wraps ErrTables and names the file and row at fault.
func LoadTables(fsys fs.FS) (*Tables, error) {
	t := &Tables{labels: map[string]struct{}{}}
	var provinces struct {
		Version   string     `json:"version"`
		Provinces []Province `json:"provinces"`
	}
	var specialties struct {
		Version     string         `json:"version"`
		Specialties []SpecialtyRow `json:"specialties"`
	}
	for name, into := range map[string]any{"faces.json": &t.faces, "provinces.json": &provinces, "specialties.json": &specialties} {
		b, err := fs.ReadFile(fsys, name)
		if err == nil && len(b) > maxTableBytes {
			err = errors.New("too large")
		}
		if err == nil {
			err = json.Unmarshal(b, into)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrTables, name, err)
		}
	}
	t.provinces, t.specialties = provinces.Provinces, specialties.Specialties
	t.version = max(t.faces.Version, provinces.Version, specialties.Version)
	if err := errors.Join(t.checkProvinces(), t.checkSpecialties(), t.checkFaces()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTables, err)
	}
	return t, nil
}

func (t *Tables) checkProvinces() error {
	seen := map[string]bool{}
	for _, p := range t.provinces {
		if len(p.Code) != 2 || strings.Trim(p.Code, "0123456789") != "" || utf8.RuneCountInString(p.Char) != 1 || p.Name == "" {
			return fmt.Errorf("provinces.json: bad row %q", p.Code+p.Char)
		}
		for _, key := range append([]string{p.Code, p.Char}, p.Alias...) {
			if seen[key] {
				return fmt.Errorf("provinces.json: %q occurs twice", key)
			}
			seen[key] = true
		}
	}
	if len(t.provinces) == 0 {
		return errors.New("provinces.json: no rows")
	}
	return nil
}

func (t *Tables) checkSpecialties() error {
	seen := map[string]bool{}
	for _, s := range t.specialties {
		for _, key := range append([]string{s.Name, s.Short}, s.Alias...) {
			if key == "" || seen[key] {
				return fmt.Errorf("specialties.json: %q is empty or occurs twice", key)
			}
			seen[key] = true
		}
	}
	if len(t.specialties) == 0 {
		return errors.New("specialties.json: no rows")
	}
	return nil
}

// checkFaces folds the words of faces.json once, so that they compare with folded page text, and links "as".
func (t *Tables) checkFaces() error {
	f := &t.faces
	for _, list := range [][]string{f.SpecimenMarks, f.TitlePrefixes, f.TitleSuffixes, f.Fillers, f.PaperMarks, f.ElectronicMarks} {
		squeezeAll(list)
	}
	for i := range f.Faces {
		face := &f.Faces[i]
		squeezeAll(face.Titles)
		squeezeAll(face.Issuers)
		squeezeAll(face.Inside)
		if face.Kind == "" || len(face.Titles) == 0 || slices.Contains(face.Titles, "") {
			return fmt.Errorf("faces.json: face %d has no kind or no title", i)
		}
		if face.As != "" {
			j := slices.IndexFunc(f.Faces, func(o faceRow) bool { return o.Kind == face.As })
			if j < 0 || j >= i {
				return fmt.Errorf("faces.json: %s takes the fields of %q, which is not above it", face.Kind, face.As)
			}
			face.Fields, face.Inside = f.Faces[j].Fields, f.Faces[j].Inside
			if len(face.Issuers) == 0 {
				face.Issuers = f.Faces[j].Issuers
			}
		}
		for k := range face.Fields {
			row := &face.Fields[k]
			squeezeAll(row.Labels)
			for _, l := range row.Labels {
				if l == "" {
					return fmt.Errorf("faces.json: %s: %s has an empty label", face.Kind, row.Name)
				}
				t.labels[l] = struct{}{}
			}
			switch row.Type {
			case typeText, typeLines, typeSex, typeDate, typeHandDate, typePeriod, typeNumber, typeID, typeSpecialties, typeNames, typeURL, typeEcert, typeSignature:
			default:
				return fmt.Errorf("faces.json: %s: %s has the unknown type %q", face.Kind, row.Name, row.Type)
			}
		}
		if len(face.Fields) == 0 {
			return fmt.Errorf("faces.json: %s has no fields", face.Kind)
		}
	}
	for i := range f.Faces {
		f.Faces[i].words = labelWords(&f.Faces[i], t.labels)
	}
	if len(f.Faces) == 0 {
		return errors.New("faces.json: no faces")
	}
	return nil
}

func squeezeAll(list []string) {
	for i, s := range list {
		list[i] = squeeze(s)
	}
}

// ProvinceByChar finds a province by the leading character of a registration number, also by its second character
// (黔 for 贵).
func (t *Tables) ProvinceByChar(char string) (Province, bool) {
	for _, p := range t.provinces {
		if p.Char == char || slices.Contains(p.Alias, char) {
			return p, true
		}
	}
	return Province{}, false
}

// ProvinceByCode finds a province by its two-digit GB/T 2260 code.
func (t *Tables) ProvinceByCode(code string) (Province, bool) {
	for _, p := range t.provinces {
		if p.Code == code {
			return p, true
		}
	}
	return Province{}, false
}

// Specialty finds the canonical row of a specialty by its long, short or other form, whatever its widths and spaces.
func (t *Tables) Specialty(name string) (SpecialtyRow, bool) {
	name = squeeze(name)
	for _, s := range t.specialties {
		if s.Name == name || s.Short == name || slices.Contains(s.Alias, name) {
			return s, true
		}
	}
	return SpecialtyRow{}, false
}

// Specialties lists the rows of specialties.json in their order.
func (t *Tables) Specialties() []SpecialtyRow { return slices.Clone(t.specialties) }
