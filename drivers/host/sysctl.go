//go:build linux

package host

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// procSys belongs to the network namespace of the thread that looks.
const procSys = "/proc/sys"

const ipvsSettings = "net/ipv4/vs"

// settings reads what matters to every node, and what somebody watches, with what comes and goes with that. Of interfaces it reads
// those of the links in the state: one that came since is in neither.
func (d *Driver) settings(s *spec.State) error {
	paths := []string{"net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects"}
	own, err := list(ipvsSettings)
	if err != nil {
		return err
	}
	for _, name := range own {
		paths = append(paths, path.Join(ipvsSettings, name))
	}
	interfaces := []string{"all", "default"}
	for l := range s.Links {
		interfaces = append(interfaces, l.Name)
	}
	for _, i := range interfaces {
		for _, name := range []string{"arp_ignore", "arp_announce", "rp_filter", "forwarding"} {
			paths = append(paths, path.Join("net/ipv4/conf", i, name))
		}
		paths = append(paths, path.Join("net/ipv6/conf", i, "forwarding"))
	}
	for _, p := range paths {
		if err := readSetting(s, p); err != nil {
			return err
		}
	}
	for _, k := range d.watched(s.Links) {
		p, i := k.Path(), k.Interface()
		if !below(p) || i != "" && s.Get(spec.LinkKey{Name: i}) == nil {
			continue
		}
		if err := readSetting(s, p); err != nil && !errors.As(err, new(syscall.Errno)) {
			return err
		} // what cannot be read, such as net.ipv4.route.flush, is as good as not there
	}
	return nil
}

// watched are the settings that somebody asked for; of an interface's that from which it begins, and of one that sets others, or may
// do so, those.
func (d *Driver) watched(links map[spec.LinkKey]spec.Link) (all []spec.SysctlKey) {
	for k := range d.sysctls {
		all = append(all, k)
		if from, ok := k.Default(); ok {
			all = append(all, from)
		}
		for _, family := range []string{"ipv4", "ipv6"} {
			if o := spec.ConfSysctl(family, "default", k.Base()); k.MaySet(o) {
				all = append(all, o)
			}
			for l := range links {
				if o := spec.ConfSysctl(family, l.Name, k.Base()); k.MaySet(o) {
					all = append(all, o)
				}
			}
		}
	}
	return all
}

// list is what a directory holds, which is nothing if the kernel has none: without ip_vs, or without IPv6.
func list(dir string) ([]string, error) {
	f, err := os.Open(filepath.Join(procSys, dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// readSetting reads a file below /proc/sys. An interface, and its settings, may go at any time.
func readSetting(s *spec.State, p string) error {
	b, err := os.ReadFile(filepath.Join(procSys, p))
	if err == nil {
		k := spec.SysctlOfPath(p)
		s.Set(k, k.Normal(string(b)))
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENODEV) {
		return nil
	}
	return err
}

// below says that a path names something below the directory it is taken from: a name can hold anything.
func below(p string) bool { return filepath.IsLocal(p) && filepath.Clean(p) == p && p != "." }

func setSysctl(k spec.SysctlKey, v spec.Sysctl) error {
	p := k.Path()
	if !below(p) {
		return unix.ENOENT
	}
	if _, err := os.Stat(filepath.Join(procSys, p)); err == nil {
		if e := k.Accepts(v.Value); e != 0 {
			return e
		}
	}
	err := write(p, k, v)
	var errno syscall.Errno
	switch {
	case errors.Is(err, unix.EISDIR):
		return unix.ENOENT
	case errors.As(err, &errno):
		return errno
	}
	return err
}

// write writes in one call, because the kernel ignores a second one. It takes as much of the text as it understands, and says
// how much; of net.ipv6.conf.*.forwarding it always says one byte.
func write(p string, k spec.SysctlKey, v spec.Sysctl) error {
	f, err := os.OpenFile(filepath.Join(procSys, p), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	text := cmp.Or(v.Value, "\n") // without a byte nothing would be written
	n, err := unix.Write(int(f.Fd()), []byte(text))
	if err != nil || n == len(text) {
		return err
	}
	var s spec.State
	if err := readSetting(&s, p); err != nil {
		return lost{err}
	}
	if s.Get(k) != spec.Value(k.Normal(v.Value)) {
		return unix.EINVAL
	}
	return nil
}
