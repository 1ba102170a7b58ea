//go:build linux

package nft

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// transport is the way to the kernel and back.
type transport interface {
	// send hands over requests. The kernel has answered when it returns, but for the later parts of a dump.
	send(requests []byte) error
	// receive takes the next datagram; without wait there is errLost instead of what is not there.
	receive(buf []byte, wait bool) (int, error)
	// roomy says that the buffers are as large as was asked for.
	roomy() bool
	close() error
}

var errLost = errors.New("the kernel's answer did not come")

const (
	// A datagram of a dump is no larger than the buffer that it is received with, up to this.
	receiveSize = 32 << 10
	// A wait is for what has been lost.
	receiveTimeout = 2 // seconds
	// Room for the requests, and for an answer to each.
	bufferSize = 1 << 20
)

// link is a netlink socket of the network namespace that the thread was in when it was opened.
type link struct {
	fd    int
	large bool
}

func openLink() (transport, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, os.NewSyscallError("netlink socket", err)
	}
	timeout := unix.Timeval{Sec: receiveTimeout}
	err = errors.Join(
		// Connected: nobody but the kernel can put a datagram in.
		os.NewSyscallError("netlink connect", unix.Connect(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})),
		// An error does not repeat its request.
		os.NewSyscallError("NETLINK_CAP_ACK", unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)),
		os.NewSyscallError("SO_RCVTIMEO", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout)),
	)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	// Not permitted to everybody, and not necessary.
	err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bufferSize),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, bufferSize))
	return link{fd, err == nil}, nil
}

func (l link) roomy() bool { return l.large }

func (l link) send(b []byte) error {
	for {
		_, err := unix.Write(l.fd, b)
		if err != unix.EINTR {
			return os.NewSyscallError("netlink send", err)
		}
	}
}

func (l link) receive(buf []byte, wait bool) (int, error) {
	flags := 0
	if !wait {
		flags = unix.MSG_DONTWAIT
	}
	for {
		n, _, kind, _, err := unix.Recvmsg(l.fd, buf, nil, flags)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN || err == unix.ENOBUFS:
			return 0, errLost
		case err != nil:
			return 0, os.NewSyscallError("netlink receive", err)
		case kind&unix.MSG_TRUNC != 0:
			return 0, errMalformed
		default:
			return n, nil
		}
	}
}

func (l link) close() error { return os.NewSyscallError("close", unix.Close(l.fd)) }
