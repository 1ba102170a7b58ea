package spec

import (
	"fmt"
	"syscall"
)

// Refusal is a kernel's "no" to one operation on one object. It unwraps to the errno.
type Refusal struct {
	// Op is "create", "update" or "delete".
	Op    string
	Key   Key
	Errno syscall.Errno
}

// Error names the operation, the object and what the errno means for it.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s: %s (%s)", r.Op, r.Key, r.meaning(), ErrnoName(r.Errno))
}

// Unwrap is the errno.
func (r *Refusal) Unwrap() error { return r.Errno }

func (r *Refusal) meaning() string {
	if words := r.hostMeaning(); words != "" {
		return words
	}
	kind := r.Key.Kind()
	if words := ruleMeaning(r.Op, kind, r.Errno); words != "" {
		return words
	}
	switch r.Errno {
	case syscall.EEXIST:
		return "it exists already"
	case syscall.ESRCH:
		if kind == KindDestination {
			return "its service does not exist"
		}
		return "it does not exist"
	case syscall.ENOENT:
		if kind == KindService {
			return "this kernel has no such scheduler or persistence engine"
		}
		return "it does not exist"
	case syscall.ERANGE:
		return "the weight is above 2147483647, or the lower threshold is above the upper one"
	case syscall.EINVAL:
		if r.Op == "delete" {
			return "the kernel does not accept the request"
		}
		return invalid(kind)
	case syscall.ENODEV:
		return "the interface does not exist"
	case syscall.ENETUNREACH:
		return "the interface is down or has no address"
	case syscall.ENETDOWN:
		return "the interface is down"
	case syscall.EPERM, syscall.EACCES:
		return "not permitted: CAP_NET_ADMIN in the initial user namespace is needed"
	case syscall.EAFNOSUPPORT:
		return "this kernel does not support the address family"
	case syscall.ENOMEM, syscall.ENOBUFS:
		return "the kernel is out of memory"
	}
	return r.Errno.Error()
}

func invalid(k Kind) string {
	switch k {
	case KindService:
		return "the kernel does not accept the service: an IPv6 netmask must be /1 to /128"
	case KindDestination:
		return "the kernel does not accept the real server: its address must be unicast, of the service's family unless it is tunnelled " +
			"(never beside a sync daemon), and a gue tunnel needs a port; in a network namespace without any address, bring lo up"
	case KindSyncDaemon:
		return "the kernel does not accept the sync daemon: the group must be multicast, and no real server may be of another family than its service"
	}
	return "the kernel does not accept the value"
}

// ErrnoName is the symbol of the errnos that the kernel gives for what a State is made of ("EEXIST"), or its number.
func ErrnoName(e syscall.Errno) string {
	name, ok := map[syscall.Errno]string{
		syscall.EEXIST: "EEXIST", syscall.ESRCH: "ESRCH", syscall.ENOENT: "ENOENT", syscall.ERANGE: "ERANGE", syscall.EINVAL: "EINVAL",
		syscall.ENODEV: "ENODEV", syscall.ENETUNREACH: "ENETUNREACH", syscall.EPERM: "EPERM", syscall.EACCES: "EACCES",
		syscall.EAFNOSUPPORT: "EAFNOSUPPORT", syscall.ENOMEM: "ENOMEM", syscall.ENOBUFS: "ENOBUFS", syscall.EOPNOTSUPP: "EOPNOTSUPP",
		syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.EADDRINUSE: "EADDRINUSE", syscall.EROFS: "EROFS", syscall.ENETDOWN: "ENETDOWN",
		syscall.EBUSY: "EBUSY", syscall.ENXIO: "ENXIO",
	}[e]
	if !ok {
		return fmt.Sprintf("errno %d", int(e))
	}
	return name
}
