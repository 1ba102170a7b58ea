package spec

import "syscall"

// hostMeaning is what an errno means for an object of the host, with what to do about it, or "" if it means the same for all.
func (r *Refusal) hostMeaning() string {
	switch k := r.Key.(type) {
	case ModuleKey:
		return r.moduleMeaning(k)
	case LinkKey:
		return r.linkMeaning(k)
	case SysctlKey:
		return r.sysctlMeaning(k)
	case NeighbourKey:
		return r.neighbourMeaning()
	case AddressKey:
		return r.addressMeaning(k)
	}
	if !r.Key.Kind().Table() {
		return r.permission()
	}
	return ""
}

// permission: what is around the table belongs to the network namespace, and not to the initial user namespace as IPVS does.
func (r *Refusal) permission() string {
	if r.Errno == syscall.EPERM || r.Errno == syscall.EACCES {
		return "not permitted: CAP_NET_ADMIN in the network namespace is needed"
	}
	return ""
}

func (r *Refusal) moduleMeaning(k ModuleKey) string {
	switch r.Errno {
	case syscall.ENOENT:
		return "this kernel has no such module, or may not load it: install the package with the kernel's modules, or run modprobe " + k.Name + " to see why"
	case syscall.EPERM, syscall.EACCES:
		return "not permitted: CAP_SYS_MODULE is needed, or load it beforehand (/etc/modules-load.d)"
	case syscall.EOPNOTSUPP:
		return "modules are never unloaded"
	}
	return ""
}

func (r *Refusal) linkMeaning(k LinkKey) string {
	_, isGUE := k.GUEPort()
	switch r.Errno {
	case syscall.ENODEV:
		if isGUE {
			return "there is no such receiver"
		}
	case syscall.ENOENT:
		return "module fou is not loaded"
	case syscall.EADDRINUSE:
		return "something else has the UDP port"
	case syscall.ERANGE:
		return "the name of an interface has at most 15 bytes"
	case syscall.EINVAL:
		if isGUE {
			return "a receiver of GUE packets has the type gue and is up"
		}
		return "the kernel does not accept the name of the interface, or the value"
	case syscall.EOPNOTSUPP:
		switch {
		case r.Op == "create":
			return "only dummy interfaces and receivers of GUE packets can be made; tunl0, gre0 and the like come with their modules"
		case r.Op == "update":
			return "its type cannot be changed"
		}
		return "the interface is the kernel's own and cannot be removed"
	}
	return r.permission()
}

func (r *Refusal) sysctlMeaning(k SysctlKey) string {
	switch r.Errno {
	case syscall.ENOENT:
		if i := k.Interface(); i != "" {
			return "there is no interface " + i + ", or it has no such setting"
		}
		return "this kernel has no such setting: load the module that brings it, or leave it out"
	case syscall.EINVAL, syscall.ERANGE:
		return "the kernel does not accept the value"
	case syscall.EROFS:
		return "/proc/sys is read-only, as in most containers: set it from outside, or mount it writable"
	case syscall.EPERM, syscall.EACCES:
		return "not permitted: root and CAP_NET_ADMIN in the network namespace are needed, and the setting must be writable"
	case syscall.EOPNOTSUPP:
		return "a setting cannot be removed"
	}
	return ""
}

func (r *Refusal) neighbourMeaning() string {
	switch r.Errno {
	case syscall.EOPNOTSUPP:
		return "a loopback or point-to-point interface has no neighbours by IPv4"
	case syscall.EINVAL:
		return "the kernel does not accept the address or the hardware address"
	}
	return r.permission()
}

func (r *Refusal) addressMeaning(k AddressKey) string {
	six := k.Prefix.Addr().Is6()
	switch r.Errno {
	case syscall.EADDRNOTAVAIL:
		if r.Op == "create" {
			return "it cannot be the address of an interface"
		}
		return "the interface does not have it with this prefix and label"
	case syscall.ERANGE:
		return "a label has at most 15 bytes"
	case syscall.EINVAL:
		return "the kernel does not accept the address, its prefix or its scope"
	case syscall.EACCES:
		if six {
			return "IPv6 is switched off there: set net.ipv6.conf." + k.Interface + ".disable_ipv6 to 0"
		}
	case syscall.EEXIST:
		if six {
			return "the interface has it already, maybe with another prefix length"
		}
	case syscall.EOPNOTSUPP:
		switch {
		case r.Op == "update":
			return "of an address that is there, only its preferred lifetime can be changed"
		case six:
			return "this kernel has no IPv6, or nobody knows how long the address was to live"
		}
		return "nobody knows how long the address was to live"
	}
	return r.permission()
}
