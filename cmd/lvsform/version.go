package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.version(json) },
	}
	c.Flags().BoolVar(&json, "json", false, "print it as JSON")
	return c
}

func (p *program) version(asJSON bool) error {
	if !asJSON {
		p.printf("lvsform %s\n", version)
		return nil
	}
	return p.indented(struct {
		Version  string `json:"lvsform_version"`
		Go       string `json:"go_version"`
		Platform string `json:"platform"`
	}{version, runtime.Version(), runtime.GOOS + "_" + runtime.GOARCH})
}

const completionLong = `Completion prints a script that makes the shell complete commands and flags:

  bash    lvsform completion bash > /etc/bash_completion.d/lvsform
  zsh     lvsform completion zsh > "${fpath[1]}/_lvsform"
  fish    lvsform completion fish > ~/.config/fish/completions/lvsform.fish`

func (p *program) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish", Short: "Print a completion script for the shell", Long: completionLong,
		Args: cobra.ExactArgs(1), ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(p.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(p.out)
			case "fish":
				return c.Root().GenFishCompletion(p.out, true)
			}
			return fmt.Errorf("there is no completion for %q: it is bash, zsh or fish", args[0])
		},
	}
}
