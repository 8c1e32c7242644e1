package verify

import (
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// ruleData are the rules and the tables of faces that the program carries.
func ruleData(t testing.TB) (*rules.Book, *fields.Tables) {
	t.Helper()
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return book, tables
}
