package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestLineDiff(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"a\n", "a\n", ""},
		{"a\nb\nc\nd\n", "a\nx\nd\n", "--- f\n+++ f\n@@ -1,4 +1,3 @@\n a\n-b\n-c\n+x\n d\n"},
		{"", "a\n", "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n"},
		{"a", "a\n", "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
			"--- f\n+++ f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n"},
	} {
		if got := lineDiff("f", c.before, c.after); got != c.want {
			t.Errorf("%q to %q:\n%swant\n%s", c.before, c.after, got, c.want)
		}
	}
}

// FuzzLineDiff: git turns one text into the other with it.
func FuzzLineDiff(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd")
	f.Add("x\n\n\n\n\n\n\n\n\ny\n", "x\n\n\n\n\n\n\n\ny\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.ContainsAny(before+after, "\x00\r") || before == after || before == "" || after == "" {
			return // git's own rules for binary and missing files
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f"), []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("git", "apply", "-p0", "--whitespace=nowarn", "--unidiff-zero", "-")
		c.Dir, c.Stdin = dir, strings.NewReader(lineDiff("f", before, after))
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%s", err, out, lineDiff("f", before, after))
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "f")); string(got) != after {
			t.Fatalf("got %q, want %q", got, after)
		}
	})
}
