//go:build linux

package netlink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"golang.org/x/sys/unix"
)

const driverName = "netlink"

var drainSysctls = []string{"net.ipv4.vs.expire_nodest_conn", "net.ipv4.vs.expire_quiescent_template"}

// Host says which machine, boot and network namespace the table belongs to.
func (d *Driver) Host(ctx context.Context) (plan.Host, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return plan.Host{}, err
	}
	h := plan.Host{Driver: driverName, Namespace: fmt.Sprintf("net:[%d]", d.space.inode), Sysctls: map[string]string{}}
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		return plan.Host{}, os.NewSyscallError("uname", err)
	}
	h.Name, h.Kernel = cString(uts.Nodename[:]), cString(uts.Release[:])
	var err error
	if h.Boot, err = line("/proc/sys/kernel/random/boot_id"); err != nil {
		return plan.Host{}, err
	}
	err = d.space.do(func() error {
		for _, name := range drainSysctls {
			value, err := line("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
			switch {
			case err == nil:
				h.Sysctls[name] = value
			case !errors.Is(err, fs.ErrNotExist):
				return err
			}
		}
		return nil
	})
	return h, err
}

func cString(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

func line(path string) (string, error) {
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}
