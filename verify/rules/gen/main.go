// Command gen writes docs/rules.md from the rule data: go run ./verify/rules/gen > docs/rules.md
package main

import (
	"fmt"
	"os"

	"zhengyan/assets"
	"zhengyan/verify/rules"
)

func main() {
	b, err := rules.Load(assets.Rules())
	if err == nil {
		err = rules.WriteDocument(os.Stdout, b)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
