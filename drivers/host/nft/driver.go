//go:build linux

// Package nft keeps the nftables rules of a node: marks, masquerading, and the ARP filter.
//
// All rules are in tables of our own, "inet lvsform" and "arp lvsform", and each carries the name of its object as a comment.
// The value is read from what the rule does; a rule that does anything else is not the object. Several programs may change
// the tables at the same time: a transaction rests on what was read, and the kernel refuses it if anybody was faster.
//
// The codec is our own. A refusal must be known for each change, an empty table may be removed only if nobody has put a rule
// into it meanwhile, and the rules of others, with whatever expressions, must not keep ours from being read.
package nft

import (
	"errors"
	"fmt"
	"sync"

	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Rules are those of one network namespace. Its methods may be called by several goroutines; they take turns.
type Rules struct {
	mu   sync.Mutex
	dial func() (transport, error)
	// socket is nil until it is needed, and after an error.
	socket *socket
	// has says that nf_tables is there to be asked.
	has    func() bool
	closed bool
}

// Open stays with the namespace, which must outlive it. Nothing is asked of the kernel yet.
func Open(space *netns.Space) (*Rules, error) {
	return &Rules{has: new(presence).has, dial: func() (t transport, err error) {
		err = space.Do(func() error { t, err = openLink(); return err })
		return t, err
	}}, nil
}

// Close gives up the socket. The rules stay as they are.
func (r *Rules) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.hangUp()
}

func (r *Rules) hangUp() (err error) {
	if r.socket != nil {
		err = r.socket.close()
		r.socket = nil
	}
	return err
}

// Read adds the objects that are there to a State. It loads no module: a kernel without nf_tables has no rules.
func (r *Rules) Read(s *spec.State) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read(s)
}

func (r *Rules) read(s *spec.State) error {
	now, err := r.look(false)
	switch {
	case errors.Is(err, unix.EOPNOTSUPP):
		return nil
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("read the nftables rules: not permitted: CAP_NET_ADMIN is needed (%w)", err)
	case err != nil:
		return fmt.Errorf("read the nftables rules: %w", err)
	}
	for k := range now.objects {
		if v := now.value(k); v != nil {
			s.Set(k, v)
		}
	}
	return nil
}

// look reads our tables. Only with load may the kernel load nf_tables for that; without it there is nothing to see.
func (r *Rules) look(load bool) (snapshot, error) {
	if !r.closed && !load && !r.has() {
		return snapshot{}, nil
	}
	if err := r.connect(); err != nil {
		return snapshot{}, err
	}
	now, err := r.socket.look()
	if err != nil {
		// An answer to what was asked last may still be there.
		r.hangUp()
	}
	return now, err
}

func (r *Rules) connect() error {
	if r.closed {
		return errors.New("the driver is closed")
	}
	if r.socket != nil {
		return nil
	}
	t, err := r.dial()
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EAFNOSUPPORT) {
		err = unix.EOPNOTSUPP
	}
	if err == nil {
		r.socket = newSocket(t)
	}
	return err
}
