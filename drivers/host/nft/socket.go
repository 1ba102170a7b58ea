//go:build linux

package nft

import (
	"errors"

	"golang.org/x/sys/unix"
)

// socket asks nfnetlink.
type socket struct {
	transport
	seq uint32
	buf []byte
	// parts is the number of datagrams with objects that the last answer to ask came in.
	parts int
}

func newSocket(t transport) *socket { return &socket{transport: t, buf: make([]byte, receiveSize)} }

// read is one datagram of answers, good until the next.
func (s *socket) read(wait bool) ([]answer, error) {
	n, err := s.receive(s.buf, wait)
	if err != nil {
		return nil, err
	}
	return answers(s.buf[:n])
}

// ask gives f each object of the answer to a request. The error is the kernel's errno, or that of a transport which is not
// to be used any more.
func (s *socket) ask(r request, f func(answer) error) error {
	if r.flags&unix.NLM_F_DUMP == 0 {
		r.flags |= unix.NLM_F_ACK
	}
	s.seq, s.parts = s.seq+1, 0
	if err := s.send(r.append(nil, s.seq)); err != nil {
		return err
	}
	for {
		got, err := s.read(true)
		if err != nil {
			return err
		}
		counted := false
		for _, a := range got {
			switch {
			case a.seq != s.seq:
			case a.kind == unix.NLMSG_ERROR || a.kind == unix.NLMSG_DONE:
				e, err := a.errno()
				if err == nil && e != 0 {
					err = e
				}
				return err
			default:
				if !counted {
					counted, s.parts = true, s.parts+1
				}
				if err := f(a); err != nil {
					return err
				}
			}
		}
	}
}

// errBatch is an errno for a batch as a whole.
type errBatch struct{ unix.Errno }

func (e errBatch) Unwrap() error { return e.Errno }

// transact does all requests or none, and none if anything has changed since the generation: with ERESTART. A kernel's no to
// single requests is in the map, by their number. Without one, and without an error, all is done.
func (s *socket) transact(generation uint32, requests []request) (map[int]unix.Errno, error) {
	around := request{kind: unix.NFNL_MSG_BATCH_BEGIN, resource: unix.NFNL_SUBSYS_NFTABLES}
	around.body = number(unix.NFNL_BATCH_GENID, generation)
	base := s.seq + 1
	b := appendBatch(around.append(nil, base), base, requests)
	s.seq = base + uint32(len(requests)) + 1
	around.kind, around.body = unix.NFNL_MSG_BATCH_END, nil
	if err := s.send(around.append(b, s.seq)); err != nil {
		return nil, err
	}
	return s.outcome(base, len(requests))
}

// appendBatch adds the requests of a transaction; the last is answered in any case.
func appendBatch(b []byte, base uint32, requests []request) []byte {
	for i, r := range requests {
		if i == len(requests)-1 {
			r.flags |= unix.NLM_F_ACK
		}
		b = r.append(b, base+1+uint32(i))
	}
	return b
}

// wait is until no transaction is under way, if the generation is still the one. The kernel counts a transaction shortly before
// it can be seen: what is read after that number alone may be older than it says.
func (s *socket) wait(generation uint32) error {
	_, err := s.transact(generation, nil)
	return err
}

// outcome reads the answers to a batch. The kernel answers the last request, and each that it refuses, in any case; a refusal
// of the whole stands at the message before the first.
func (s *socket) outcome(base uint32, count int) (map[int]unix.Errno, error) {
	refused := map[int]unix.Errno{}
	var whole unix.Errno
	complete := false
	for {
		got, err := s.read(false)
		if err == errLost && (complete || whole != 0 || count == 0) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, a := range got {
			n := a.seq - base // both may have wrapped
			if a.kind != unix.NLMSG_ERROR || n > uint32(count) {
				continue
			}
			e, err := a.errno()
			if err != nil {
				return nil, err
			}
			complete = complete || n == uint32(count)
			switch {
			case n == 0:
				whole = e
			case e != 0:
				refused[int(n)-1] = e
			}
		}
	}
	if whole != 0 {
		return nil, errBatch{whole}
	}
	return refused, nil
}

// generation is the number of the last change to any rule of the namespace.
func (s *socket) generation() (n uint32, err error) {
	err = s.ask(about(unix.NFT_MSG_GETGEN, 0, unix.NFPROTO_UNSPEC), func(a answer) error {
		fields, err := a.attributes()
		n = fields.number(unix.NFTA_GEN_ID)
		return err
	})
	if errors.Is(err, unix.EINVAL) { // what nfnetlink says without nf_tables
		err = unix.EOPNOTSUPP
	}
	return n, err
}
