//go:build linux

package ipvsadm

import (
	"fmt"
	"strings"
	"syscall"
)

// errnos are the kernel's answers that ipvsadm has words of its own for; the others are strerror's.
var errnos = map[string]syscall.Errno{
	"Service already exists":                                syscall.EEXIST,
	"Destination already exists":                            syscall.EEXIST,
	"Daemon has already run":                                syscall.EEXIST,
	"Scheduler or persistence engine not found":             syscall.ENOENT,
	"No such destination":                                   syscall.ENOENT,
	"No such service":                                       syscall.ESRCH,
	"Service not defined":                                   syscall.ESRCH,
	"No daemon is running":                                  syscall.ESRCH,
	"Permission denied (you must be root)":                  syscall.EPERM,
	"Protocol not available":                                syscall.ENOPROTOOPT,
	"Memory allocation problem":                             syscall.ENOMEM,
	"Operation not supported with IPv6":                     syscall.EOPNOTSUPP,
	"Module is wrong version":                               syscall.EMSGSIZE,
	"Operation not supported with specified address family": syscall.EAFNOSUPPORT,
	"Invalid operation.  Possibly wrong module version, address not unicast, ...": syscall.EINVAL,
}

// final are the answers that only the kernel gives. Of the others nobody knows whether they are its answer: ipvsadm's library
// says EINVAL, too, when it cannot receive one, and the change is done.
var final = map[syscall.Errno]bool{
	syscall.EEXIST: true, syscall.ENOENT: true, syscall.ESRCH: true, syscall.ERANGE: true, syscall.EPERM: true, syscall.ENODEV: true,
}

// The number of the last errno of Linux on every machine but MIPS and SPARC, which have a few more.
const lastErrno = 133

// errnoOf is the errno that the last line of what ipvsadm said stands for.
func errnoOf(said string) (syscall.Errno, bool) {
	words := strings.TrimSpace(said[strings.LastIndexByte(said, '\n')+1:])
	if e, ok := errnos[words]; ok {
		return e, true
	}
	for e := syscall.Errno(1); e <= lastErrno; e++ {
		if strings.EqualFold(words, e.Error()) {
			return e, true
		}
	}
	return 0, false
}

const initWords = "Can't initialize ipvs: "

// initError is why ipvsadm could not begin at all, if that is what it said.
func initError(said string) error {
	for line := range strings.Lines(said) {
		words, ok := strings.CutPrefix(strings.TrimSpace(line), initWords)
		if !ok {
			continue
		}
		switch e, known := errnoOf(words); {
		case !known:
			return fmt.Errorf("it cannot begin: %s", words)
		case e == syscall.EPERM || e == syscall.EACCES:
			return fmt.Errorf("not permitted: CAP_NET_ADMIN in the initial user namespace is needed (%w)", e)
		case e == syscall.ENOPROTOOPT:
			return fmt.Errorf("this kernel has no IPVS: the module ip_vs is neither loaded nor found; \"modprobe ip_vs\" says why (%w)", e)
		default:
			return fmt.Errorf("it cannot begin: %w", e)
		}
	}
	return nil
}
