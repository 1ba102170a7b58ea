//go:build linux

package netlink

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// transport is the way to the kernel and back.
type transport interface {
	// send hands over encoded requests. The kernel has dealt with all of them when it returns; after an error, with none.
	send(requests []byte) error
	// receive puts at least one datagram into the inbox, or, without wait, fails if there is none.
	receive(in *inbox, wait bool) error
	close() error
}

// inbox is where datagrams are received: slots of one size.
type inbox struct {
	slots   [][]byte
	iovecs  []unix.Iovec
	headers []mmsghdr
	// got are the datagrams of the last receive, in the slots.
	got [][]byte
}

type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

func newInbox(slots, size int) *inbox {
	in := &inbox{
		slots: make([][]byte, slots), iovecs: make([]unix.Iovec, slots), headers: make([]mmsghdr, slots),
		got: make([][]byte, 0, slots),
	}
	buf := make([]byte, slots*size)
	for i := range slots {
		in.slots[i] = buf[i*size : (i+1)*size]
		in.iovecs[i].Base = &in.slots[i][0]
		in.iovecs[i].SetLen(size)
		in.headers[i].hdr.Iov = &in.iovecs[i]
		in.headers[i].hdr.SetIovlen(1)
	}
	return in
}

var (
	errLost      = errors.New("the kernel's answer did not come")
	errOverflow  = errors.New("the receive buffer was full and answers of the kernel were lost")
	errMalformed = errors.New("the kernel's answer makes no sense")
)

// The kernel answers before a send returns; a receive waits only for what has been lost.
const receiveTimeout = 2 // seconds

// receiveBuffer holds 1300 answers; the 128 of a batch fit the default of every kernel as well.
const receiveBuffer = 1 << 20

// socket is a generic netlink socket of the network namespace that the thread was in when it was opened.
type socket struct{ fd int }

func openSocket() (transport, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, os.NewSyscallError("netlink socket", err)
	}
	// Connected: nobody but the kernel can put a datagram in.
	if err := unix.Connect(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("netlink connect", err)
	}
	timeout := unix.Timeval{Sec: receiveTimeout}
	// Without CAP_ACK an error repeats its request, and fewer fit the buffer.
	err = errors.Join(
		os.NewSyscallError("NETLINK_CAP_ACK", unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)),
		os.NewSyscallError("SO_RCVTIMEO", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout)),
	)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	// Not permitted to everybody, and not necessary.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer)
	return &socket{fd}, nil
}

func (s *socket) send(requests []byte) error {
	for {
		_, err := unix.Write(s.fd, requests)
		if err != unix.EINTR {
			return os.NewSyscallError("netlink send", err)
		}
	}
}

func (s *socket) receive(in *inbox, wait bool) error {
	in.got = in.got[:0]
	first, slots := uintptr(unsafe.Pointer(&in.headers[0])), uintptr(len(in.headers)) // inbox does not move
	// What was not lost is there already, and telling the scheduler of a wait would cost more than the call.
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd), first, slots, unix.MSG_DONTWAIT, 0, 0)
	for wait && (errno == unix.EAGAIN || errno == unix.EINTR) {
		n, _, errno = unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), first, slots, unix.MSG_WAITFORONE, 0, 0)
		wait = errno == unix.EINTR
	}
	switch errno {
	case 0:
		return in.take(int(n))
	case unix.EAGAIN:
		return errLost
	case unix.ENOBUFS:
		return errOverflow
	}
	return os.NewSyscallError("netlink receive", errno)
}

func (in *inbox) take(n int) error {
	for i := range n {
		h := &in.headers[i]
		if h.hdr.Flags&unix.MSG_TRUNC != 0 {
			return errMalformed
		}
		in.got = append(in.got, in.slots[i][:h.len])
	}
	return nil
}

func (s *socket) close() error { return os.NewSyscallError("close", unix.Close(s.fd)) }
