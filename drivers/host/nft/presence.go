//go:build linux

package nft

import (
	"bufio"
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// presence knows whether the kernel has nf_tables at the moment. Asking nf_tables itself would load it.
type presence struct{ told, builtIn bool }

func (p *presence) has() bool {
	if moduleLoaded("nf_tables") {
		return true
	}
	if !p.told {
		p.told, p.builtIn = true, builtIn()
	}
	return p.builtIn
}

func moduleLoaded(name string) bool {
	f, err := os.Open("/proc/modules")
	if err != nil {
		return false
	}
	defer f.Close()
	return contains(f, func(line []byte) bool { return bytes.HasPrefix(line, []byte(name+" ")) })
}

// builtIn is also true if nothing tells: then the kernel is asked.
func builtIn() bool {
	var uts unix.Utsname
	if err := unix.Uname(&uts); err == nil {
		if b, err := os.ReadFile("/lib/modules/" + cString(uts.Release[:]) + "/modules.builtin"); err == nil {
			return bytes.Contains(b, []byte("/nf_tables.ko"))
		}
	}
	f, err := os.Open("/proc/kallsyms")
	if err != nil {
		return true
	}
	defer f.Close()
	return contains(f, func(line []byte) bool { return bytes.HasSuffix(line, []byte(" nf_tables_newtable")) })
}

func contains(f *os.File, is func(line []byte) bool) bool {
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if is(lines.Bytes()) {
			return true
		}
	}
	return false
}
