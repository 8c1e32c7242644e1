// Package reportschema opens, for tests, the published schema of reports.
package reportschema

import (
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"zhengyan/assets"
)

// Of gives the schema of a part of a report, by its JSON pointer as a fragment ("#/properties/batch"), or of all of it ("").
func Of(t testing.TB, part string) *jsonschema.Schema {
	t.Helper()
	const name = "report.schema.json"
	f, err := assets.Schemas().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + part)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
