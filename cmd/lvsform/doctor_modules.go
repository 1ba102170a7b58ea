package main

import (
	"bufio"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/spec"
)

// known says whether there is a module: of the kernel, or of the node in the file. It is not sure where a list is missing, as in
// a container: what is not loaded may be there nevertheless.
type known func(module string) (there, sure bool)

func (p *program) known(s *session, release string) known {
	if release == "" {
		return inFile(s)
	}
	names, complete := map[string]bool{}, true
	for _, list := range []string{"/proc/modules", "/lib/modules/" + release + "/modules.dep", "/lib/modules/" + release + "/modules.builtin"} {
		text, err := p.readFile(list)
		if err != nil {
			complete = complete && list == "/proc/modules" // which a kernel without modules does not have
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
	return func(name string) (there, sure bool) { return names[name], complete || names[name] }
}

// inFile knows the modules of the kernel that a file describes.
func inFile(s *session) known {
	k, err := s.kernel()
	return func(name string) (there, sure bool) {
		all := k.Modules
		if engine, is := strings.CutPrefix(name, "ip_vs_pe_"); is {
			name, all = engine, k.Engines
		} else if scheduler, is := strings.CutPrefix(name, "ip_vs_"); is && name != "ip_vs_ftp" {
			name, all = scheduler, k.Schedulers
		}
		return all == nil || slices.Contains(all, name), err == nil
	}
}

// kernel is the one that a node in a file has.
func (s *session) kernel() (spec.Kernel, error) {
	if s != nil {
		if d, isFile := s.node.(*file.Driver); isFile {
			return d.Kernel()
		}
	}
	return spec.Kernel{}, errors.ErrUnsupported
}

// modules looks for what a configuration uses: schedulers and engines, modules, what links need, and rules of nftables.
func modules(desired spec.State, known known) (found []finding) {
	uses := uses(desired)
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		switch there, sure := known(name); {
		case there:
			found = append(found, ok("the kernel has the %s", uses[name]))
		case sure:
			found = append(found, broken("modprobe "+name+"; if there is no such module: install the full kernel image, or choose another one",
				"the kernel does not have the %s", uses[name]))
		default:
			found = append(found, note("modprobe "+name, "it is not known whether the kernel has the %s: it is not loaded, and not all lists of modules can be read", uses[name]))
		}
	}
	return found
}

// uses are modules, and what for.
func uses(desired spec.State) map[string]string {
	uses := map[string]string{}
	for k := range desired.Modules {
		uses[k.Name] = "module " + k.Name
	}
	for _, k := range slices.SortedFunc(maps.Keys(desired.Links), byName) {
		l := desired.Links[k]
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
	for _, v := range desired.Masquerade {
		if v.Source.IsValid() {
			uses["nft_nat"] = "module nft_nat for FULLNAT"
		}
	}
	for _, s := range desired.Services {
		uses["ip_vs_"+s.Scheduler] = "scheduler " + s.Scheduler
		if s.Engine != "" {
			uses["ip_vs_pe_"+s.Engine] = "persistence engine " + s.Engine
		}
	}
	return uses
}
