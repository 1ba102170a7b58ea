package hclspec_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec/hclspec"
)

// TestLanguagePage: what the page shows is valid, without warnings, and in canonical layout.
func TestLanguagePage(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(readFile(t, "../../docs/language.md"), -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		_, diags := load(t, map[string]string{"main.lvs.hcl": b[1]})
		if len(diags) > 0 {
			t.Errorf("%v\n%s", diags, b[1])
		}
		laid, _ := hclspec.Fmt([]byte(b[1]), "main.lvs.hcl")
		if diff := cmp.Diff(string(laid), b[1]); diff != "" {
			t.Errorf("layout (-want +got):\n%s", diff)
		}
	}
}

// TestLanguagePageNames: every word that a block takes stands on the page.
func TestLanguagePageNames(t *testing.T) {
	page := readFile(t, "../../docs/language.md")
	word := regexp.MustCompile(`\b[a-z][a-z0-9_]+\b`)
	known := map[string]bool{}
	for _, w := range word.FindAllString(page, -1) {
		known[w] = true
	}
	schema := readFile(t, "schema.go")
	var missing []string
	for _, m := range regexp.MustCompile(`"([a-z0-9_]+)":? *(optional|required|\{|[a-z]+Kind)`).FindAllStringSubmatch(schema, -1) {
		if !known[m[1]] {
			missing = append(missing, m[1])
		}
	}
	functions := readFile(t, "functions.go")
	for _, m := range regexp.MustCompile(`"([a-z0-9]+)": +[a-z.]+[A-Z]`).FindAllStringSubmatch(functions, -1) {
		if !known[m[1]] {
			missing = append(missing, m[1])
		}
	}
	if len(missing) > 0 {
		t.Errorf("not on the page: %s", strings.Join(missing, ", "))
	}
}
