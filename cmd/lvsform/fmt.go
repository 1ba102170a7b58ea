package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

const fmtLong = `Fmt rewrites configuration files (*.lvs.hcl, *.lvsvars.hcl) in the usual layout and lists those
that were not in it. For a directory it takes the files in it, not those below. "-" formats
standard input to standard output.`

// formatter is one call of fmt.
type formatter struct {
	*program
	check, diff, write bool
	unformatted        int
}

func (p *program) fmtCommand() *cobra.Command {
	f := &formatter{program: p}
	c := &cobra.Command{
		Use: "fmt [DIR|FILE...|-]", Short: "Rewrite configuration files in the usual layout", Long: fmtLong,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			var errs []error
			for _, arg := range args {
				errs = append(errs, f.argument(arg))
			}
			err := errors.Join(errs...)
			if err == nil && f.check && f.unformatted > 0 {
				err = status(exitUnformatted)
			}
			return err
		},
	}
	c.Flags().BoolVar(&f.check, "check", false, "change nothing, and exit with 3 if a file is not formatted")
	c.Flags().BoolVar(&f.diff, "diff", false, "show what changes")
	c.Flags().BoolVar(&f.write, "write", true, "rewrite files; --write=false only lists them")
	return c
}

func (f *formatter) argument(arg string) error {
	if arg == "-" {
		return f.standardInput()
	}
	info, err := os.Stat(arg)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return f.file(arg)
	}
	entries, err := os.ReadDir(arg)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".lvs.hcl") || strings.HasSuffix(e.Name(), ".lvsvars.hcl") {
			errs = append(errs, f.file(filepath.Join(arg, e.Name())))
		}
	}
	return errors.Join(errs...)
}

func (f *formatter) standardInput() error {
	before, err := io.ReadAll(f.in)
	if err != nil {
		return err
	}
	after, err := f.format("<stdin>", before)
	if err != nil {
		return err
	}
	if string(after) != string(before) {
		f.unformatted++
	}
	if f.diff {
		f.printf("%s", lineDiff("<stdin>", string(before), string(after)))
	} else if !f.check {
		_, err = f.out.Write(after)
	}
	return err
}

func (f *formatter) file(path string) error {
	if err := regular(path); err != nil {
		return hint(err, "\"lvsform fmt -\" formats standard input, and files are rewritten where they are")
	}
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	after, err := f.format(path, before)
	if err != nil || string(after) == string(before) {
		return err
	}
	f.unformatted++
	f.printf("%s\n", path)
	if f.diff {
		f.printf("%s", lineDiff(path, string(before), string(after)))
	}
	if f.check || !f.write {
		return nil
	}
	return replaceFile(path, after)
}

func (f *formatter) format(path string, text []byte) ([]byte, error) {
	after, diags := hclspec.Fmt(text, path)
	if diags.HasErrors() {
		f.diagnostics(map[string]*hcl.File{path: {Bytes: text}}, diags)
		return nil, status(exitError)
	}
	return after, nil
}
