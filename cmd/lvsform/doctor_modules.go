package main

import (
	"bufio"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// known says which modules there are: those of the kernel, or those of the node in the file; nil if nobody knows.
func (p *program) known(release, path string) func(module string) bool {
	names := map[string]bool{}
	if release == "" {
		var doc struct{ Kernel spec.Kernel }
		text, err := p.readFile(path)
		if err != nil || json.Unmarshal(text, &doc) != nil || doc.Kernel.Schedulers == nil {
			return nil
		}
		for _, s := range doc.Kernel.Schedulers {
			names["ip_vs_"+s] = true
		}
		for _, e := range doc.Kernel.Engines {
			names["ip_vs_pe_"+e] = true
		}
		others := doc.Kernel.Modules
		return func(name string) bool {
			return names[name] || slices.Contains(others, name) || others == nil && (name == "ip_vs_ftp" || !strings.HasPrefix(name, "ip_vs_"))
		}
	}
	for _, list := range []string{"/proc/modules", "/lib/modules/" + release + "/modules.dep", "/lib/modules/" + release + "/modules.builtin"} {
		text, err := p.readFile(list)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(strings.NewReader(string(text)))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			word, _, _ := strings.Cut(lines.Text(), " ")
			name, _, _ := strings.Cut(filepath.Base(strings.TrimSuffix(word, ":")), ".")
			names[strings.ReplaceAll(name, "-", "_")] = true
		}
	}
	if len(names) == 0 {
		return nil
	}
	return func(name string) bool { return names[name] }
}

// modules looks for what a configuration uses: schedulers and engines, modules, what links need, and rules of nftables.
func modules(desired spec.State, known func(module string) bool) (found []finding) {
	uses := map[string]string{}
	for k := range desired.Modules {
		uses[k.Name] = "module " + k.Name
	}
	for k, l := range desired.Links {
		if name := spec.TunnelModule(l.Type); name != "" {
			uses[name] = "module " + name + " for " + k.String()
		} else if l.Type == "dummy" {
			uses[l.Type] = "module dummy for " + k.String()
		}
	}
	if len(desired.MarkRules)+len(desired.Masquerade)+len(desired.ARPFilters) > 0 {
		uses["nf_tables"] = "module nf_tables for rules"
	}
	if len(desired.Masquerade) > 0 {
		uses["nft_chain_nat"], uses["nft_masq"], uses["nft_ct"] = "module nft_chain_nat for FULLNAT", "module nft_masq for FULLNAT", "module nft_ct for FULLNAT"
	}
	for _, s := range desired.Services {
		uses["ip_vs_"+s.Scheduler] = "scheduler " + s.Scheduler
		if s.Engine != "" {
			uses["ip_vs_pe_"+s.Engine] = "persistence engine " + s.Engine
		}
	}
	var names []string
	for name := range uses {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case known == nil:
			found = append(found, note("modprobe "+name, "it is not known whether the kernel has the %s: no list of modules can be read", uses[name]))
		case known(name):
			found = append(found, ok("the kernel has the %s", uses[name]))
		default:
			found = append(found, broken("modprobe "+name+"; if there is no such module: install the full kernel image, or choose another one",
				"the kernel does not have the %s", uses[name]))
		}
	}
	return found
}
