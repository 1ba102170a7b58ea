//go:build linux

package nft

import (
	"encoding/binary"
	"slices"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// fake is a kernel with our table of the family inet and some rules in its chain prerouting and output.
type fake struct {
	generation uint32
	rules      []spec.MarkRuleKey
	// cut is the rules of one dump in parts, where it is not all at once; the last one is for good.
	cut [][][]spec.MarkRuleKey
	// batch answers a transaction of so many requests, with the errno of some by number; 0 is the whole.
	batch func(count int) map[int]unix.Errno
	// restless moves the generation with every question.
	restless bool
	// mute answers no transaction.
	mute bool
	// large is what it says of its buffers.
	large bool
	// done counts transactions that were not refused.
	done  int
	queue [][]byte
}

func (f *fake) close() error { return nil }

func (f *fake) roomy() bool { return f.large }

func (f *fake) receive(b []byte, _ bool) (int, error) {
	if len(f.queue) == 0 {
		return 0, errLost
	}
	n := copy(b, f.queue[0])
	f.queue = f.queue[1:]
	return n, nil
}

func (f *fake) answer(kind uint16, seq uint32, family uint8, attrs ...[]byte) []byte {
	return request{kind: kind, family: family, body: slices.Concat(attrs...)}.append(nil, seq)
}

func (f *fake) ack(seq uint32, e unix.Errno) {
	b := f.answer(unix.NLMSG_ERROR, seq, 0)
	f.queue = append(f.queue, slices.Concat(b[:headerLen], binary.NativeEndian.AppendUint32(nil, uint32(-int32(e)))))
}

func (f *fake) send(b []byte) error {
	list, err := answers(b) // requests look the same
	if err != nil {
		return err
	}
	if list[0].kind == unix.NFNL_MSG_BATCH_BEGIN {
		f.transact(list)
		return nil
	}
	if f.restless {
		f.generation++
	}
	q := list[0]
	fields, _ := q.attributes()
	inet := q.body[0] == unix.NFPROTO_INET
	const us = unix.NFNL_SUBSYS_NFTABLES << 8
	switch q.kind &^ us {
	case unix.NFT_MSG_GETGEN:
		f.queue = append(f.queue, f.answer(us|unix.NFT_MSG_NEWGEN, q.seq, 0, number(unix.NFTA_GEN_ID, f.generation)))
	case unix.NFT_MSG_GETTABLE:
		if !inet {
			f.ack(q.seq, unix.ENOENT)
			return nil
		}
		f.queue = append(f.queue, f.answer(us|unix.NFT_MSG_NEWTABLE, q.seq, 1, number(unix.NFTA_TABLE_USE, 2)))
	case unix.NFT_MSG_GETCHAIN:
		name := fields.text(unix.NFTA_CHAIN_NAME)
		for _, c := range []chain{prerouting, output} {
			if s := c.shape(); s.name == name {
				f.queue = append(f.queue, slices.Concat(f.answer(us, q.seq, 1, s.newChain().body, number(unix.NFTA_CHAIN_USE, uint32(len(f.rules))))))
				f.ack(q.seq, 0)
				return nil
			}
		}
		f.ack(q.seq, unix.ENOENT)
		return nil
	case unix.NFT_MSG_GETRULE:
		f.dump(q.seq)
	}
	f.ack(q.seq, 0)
	return nil
}

func (f *fake) dump(seq uint32) {
	parts := [][]spec.MarkRuleKey{f.rules}
	if len(f.cut) > 0 {
		parts, f.cut = f.cut[0], f.cut[1:]
	}
	for _, part := range parts {
		var b []byte
		for _, k := range part {
			rules, _ := build(k, spec.MarkRule{Mark: 1})
			b = append(b, f.answer(unix.NFNL_SUBSYS_NFTABLES<<8, seq, 1, append(written(k, rules[output]),
				number64(unix.NFTA_RULE_HANDLE, uint64(k.First)))...)...)
		}
		f.queue = append(f.queue, b)
	}
}

func (f *fake) transact(list []answer) {
	first, _ := list[0].attributes()
	requests := list[1 : len(list)-1]
	switch {
	case f.mute && len(requests) > 0:
		return
	case first.number(unix.NFNL_BATCH_GENID) != f.generation:
		f.ack(list[0].seq, unix.ERESTART)
		return
	case len(requests) == 0:
		return
	}
	refused := map[int]unix.Errno{}
	if f.batch != nil {
		refused = f.batch(len(requests))
	}
	for i, q := range list[:len(list)-1] {
		if e := refused[i]; e != 0 || i == len(requests) {
			f.ack(q.seq, e)
		}
	}
	if len(refused) == 0 {
		f.done++
	}
}

func fakeRules(f *fake) *Rules {
	return &Rules{has: func() bool { return true }, dial: func() (transport, error) { return f, nil }}
}

func marks(ports ...uint16) (out []spec.MarkRuleKey) {
	for _, p := range ports {
		out = append(out, mark("192.0.2.1", p, p))
	}
	return out
}
