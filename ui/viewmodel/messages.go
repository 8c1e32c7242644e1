package viewmodel

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Lang is a language of the window.
type Lang string

// The languages. Chinese comes first.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Langs returns the languages in the order in which they are offered.
func Langs() []Lang { return []Lang{Chinese, English} }

// Messages is the table of the window's texts in one language. Keys are stable names, not texts; parameters are named and
// stand in braces: "{name}".
type Messages struct {
	lang  Lang
	table map[string]string
	staff []staffStep
	// errorKey names the program's own errors, see NameErrors; nil for none.
	errorKey func(error) string
}

// LoadMessages reads LANG.json, and which steps are the staff's, from fsys (assets.Translations).
func LoadMessages(fsys fs.FS, lang Lang) (*Messages, error) {
	b, err := fs.ReadFile(fsys, string(lang)+".json")
	if err != nil {
		return nil, fmt.Errorf("texts for %q: %w", lang, err)
	}
	m := &Messages{lang: lang}
	if err := json.Unmarshal(b, &m.table); err != nil {
		return nil, fmt.Errorf("texts for %q: %w", lang, err)
	}
	if err := m.loadStaff(fsys); err != nil {
		return nil, err
	}
	return m, nil
}

// Lang returns the table's language.
func (m *Messages) Lang() Lang { return m.lang }

// Has reports whether the table has the key.
func (m *Messages) Has(key string) bool { _, ok := m.table[key]; return ok }

// Keys returns all keys, sorted.
func (m *Messages) Keys() []string {
	ks := make([]string, 0, len(m.table))
	for k := range m.table {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	return ks
}

// T returns the text of key with its parameters filled in; params are name, value pairs. An unknown key comes back as
// itself, so that a gap is seen and nothing breaks.
func (m *Messages) T(key string, params ...string) string {
	s, ok := m.table[key]
	if !ok {
		return key
	}
	if len(params) == 0 {
		return s
	}
	rep := make([]string, 0, len(params))
	for i := 0; i+1 < len(params); i += 2 {
		rep = append(rep, "{"+params[i]+"}", params[i+1])
	}
	return strings.NewReplacer(rep...).Replace(s)
}

// Or returns the text of key, or other if the table has no such key. It serves keys that come from data.
func (m *Messages) Or(key, other string) string {
	if s, ok := m.table[key]; ok {
		return s
	}
	return other
}
