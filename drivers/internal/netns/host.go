//go:build linux

package netns

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"golang.org/x/sys/unix"
)

// Host says for a driver which machine, boot and network namespace its table belongs to.
func (s *Space) Host(driver string) (plan.Host, error) {
	h := plan.Host{Driver: driver}
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		return plan.Host{}, os.NewSyscallError("uname", err)
	}
	h.Name, h.Kernel = cString(uts.Nodename[:]), cString(uts.Release[:])
	var err error
	if h.Boot, err = line("/proc/sys/kernel/random/boot_id"); err != nil {
		return plan.Host{}, err
	}
	return h, s.Do(func() error {
		h.Namespace = identity(s.inode)
		return nil
	})
}

// identity names the present network namespace. The number of its inode is given to another one when it is gone, as with
// containers that are made anew; the cookie, which kernels before 5.14 do not have, never is.
func identity(inode uint64) string {
	name := fmt.Sprintf("net:[%d]", inode)
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return name
	}
	defer unix.Close(fd)
	if cookie, err := unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE); err == nil {
		name += fmt.Sprintf("-%d", cookie)
	}
	return name
}

func cString(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

func line(path string) (string, error) {
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}
