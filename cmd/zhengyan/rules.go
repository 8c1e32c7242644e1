package main

import (
	"context"
	"encoding/json"
	"fmt"

	"zhengyan/verify/rules"
)

const rulesExamples = `  zhengyan rules
  zhengyan rules --json | jq '.[] | select(.id == "Y-11")'
`

func cmdRules(_ context.Context, env *environment, args []string) int {
	var asJSON bool
	var lang string
	fl := env.flags("rules", "[options]", rulesExamples)
	fl.BoolVar(&asJSON, "json", false, "the rules as a JSON array")
	fl.StringVar(&lang, "lang", "", "zh or en (default: by locale)")
	if code, done := env.parse(fl, args); done {
		return code
	}
	book, err := ruleData()
	if err != nil {
		return env.fail(exitInternal, "rules: %v", err)
	}
	if asJSON {
		enc := json.NewEncoder(env.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(book.Rules); err != nil {
			return env.fail(exitInternal, "rules: %v", err)
		}
		return exitOK
	}
	if err := rules.WriteTable(env.Stdout, book, env.language(lang)); err != nil {
		return env.fail(exitInternal, "rules: %v", err)
	}
	fmt.Fprintln(env.Stdout)
	return exitOK
}
