package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// longFlags lets long flags be written with one dash, as people do who come from OpenTofu: "-out x" becomes "--out x".
// Only flags that exist are taken for one, and never the value of the flag before.
func longFlags(root *cobra.Command, args []string) []string {
	known := map[string]*pflag.Flag{}
	var collect func(*cobra.Command)
	collect = func(c *cobra.Command) {
		add := func(f *pflag.Flag) { known[f.Name] = f }
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(add)
		c.PersistentFlags().VisitAll(add)
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(root)
	out := make([]string, 0, len(args))
	value := false
	for i, arg := range args {
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if value {
			out, value = append(out, arg), false
			continue
		}
		name, _, assigned := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		f, ok := known[name]
		if dashes := len(arg) - len(strings.TrimLeft(arg, "-")); ok && len(name) > 1 && dashes == 1 {
			arg = "-" + arg
		}
		value = ok && strings.HasPrefix(arg, "--") && !assigned && f.NoOptDefVal == ""
		out = append(out, arg)
	}
	return out
}
