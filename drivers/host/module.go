//go:build linux

package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// matters says which modules every state shows.
func matters(name string) bool {
	return strings.HasPrefix(name, "ip_vs") || slices.Contains(matter(), name)
}

func matter() []string {
	return []string{
		"dummy", "fou", "fou6", "ip6_gre", "ip6_tunnel", "ip_gre", "ip_vs", "ip_vs_ftp", "ipip", "nf_conntrack", "nf_nat", "nf_tables", "sit",
	}
}

// modules are those that are loaded, or built in, and matter to every node, or to somebody who watches.
func (d *Driver) modules(s *spec.State) error {
	loaded, err := loadedModules()
	if err != nil {
		return err
	}
	builtin := builtinModules()
	for name := range loaded {
		if matters(name) || d.names[spec.ModuleKey{Name: name}] {
			s.Set(spec.ModuleKey{Name: name}, spec.Module{})
		}
	}
	wanted := matter()
	for k := range d.names {
		wanted = append(wanted, k.Name)
	}
	for _, name := range wanted {
		if !loaded[name] && isBuiltin(builtin, name) {
			s.Set(spec.ModuleKey{Name: name}, spec.Module{})
		}
	}
	return nil
}

// loadedModules reads lines such as "ip_vs 225280 3 ip_vs_rr,ip_vs_wlc, Live 0x0". A kernel without modules has no such file.
func loadedModules() (map[string]bool, error) {
	b, err := os.ReadFile("/proc/modules")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return parseModules(b), nil
}

func parseModules(b []byte) map[string]bool {
	out := map[string]bool{}
	for line := range bytes.Lines(b) {
		if words := strings.Fields(string(line)); len(words) > 4 && words[4] == "Live" {
			out[words[0]] = true
		}
	}
	return out
}

// builtinModules are the names in a kernel's modules.builtin, whose lines are paths with dashes or underscores.
func builtinModules() map[string]bool {
	var uts unix.Utsname
	if unix.Uname(&uts) != nil {
		return nil
	}
	b, err := os.ReadFile(filepath.Join("/lib/modules", unix.ByteSliceToString(uts.Release[:]), "modules.builtin"))
	if err != nil {
		return nil // containers have none
	}
	return parseBuiltin(b)
}

func parseBuiltin(b []byte) map[string]bool {
	out := map[string]bool{}
	for line := range bytes.Lines(b) {
		name := strings.TrimSuffix(filepath.Base(strings.TrimSpace(string(line))), ".ko")
		out[strings.ReplaceAll(name, "-", "_")] = true
	}
	return out
}

// isBuiltin knows one that is not loaded by the list, or by its parameters.
func isBuiltin(list map[string]bool, name string) bool {
	if list[name] {
		return true
	}
	if !plain(name) {
		return false
	}
	_, err := os.Stat(filepath.Join("/sys/module", name, "parameters"))
	return err == nil
}

// plain says that a name can be that of a module, in which there are no dashes; others would be a path, an option or nothing.
func plain(name string) bool {
	return name != "" && len(name) < 56 && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func hasModule(name string) (bool, error) {
	loaded, err := loadedModules()
	return loaded[name] || err == nil && isBuiltin(builtinModules(), name), err
}

// loading is how long a module may take.
const loading = time.Minute

// load loads a module the way the kernel would, and looks whether it is there afterwards: the program may be told by its
// configuration to do nothing.
func load(ctx context.Context, name string) error {
	if !plain(name) {
		return unix.ENOENT
	}
	if there, err := hasModule(name); there || err != nil {
		return err
	}
	said, err := modprobe(ctx, name)
	there, unread := hasModule(name)
	switch {
	case there:
		return nil
	case unread != nil:
		return lost{unread}
	case strings.Contains(said, "not permitted"):
		return unix.EPERM
	case said != "":
		return explained{unix.ENOENT, said}
	case errors.As(err, new(*exec.ExitError)):
		return unix.ENOENT
	case err != nil:
		return explained{unix.ENOENT, err.Error()}
	}
	return explained{unix.ENOENT, "modprobe says that it is loaded, and it is not: look for \"install\" in /etc/modprobe.d"}
}

// modprobe calls the program that the kernel calls, in the same environment, but not with -q: it says what is wrong.
func modprobe(ctx context.Context, name string) (said string, err error) {
	b, err := os.ReadFile("/proc/sys/kernel/modprobe")
	program := strings.TrimSpace(string(b))
	if err != nil || program == "" {
		return "this kernel loads no modules (kernel.modprobe is empty)", err
	}
	ctx, cancel := context.WithTimeout(ctx, loading)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--", name)
	cmd.Env = []string{"HOME=/", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", "LC_ALL=C"}
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	said, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return said, err
}

// explained is an errno with words of its own.
type explained struct {
	error
	words string
}

func (e explained) Error() string { return fmt.Sprintf("%s (%v)", e.words, e.error) }

func (e explained) Unwrap() error { return e.error }
