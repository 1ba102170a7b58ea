//go:build linux

package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
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
	// Moves the generation with every question.
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

// A dump that repeats a rule or leaves one out does not change what is read.
func TestDumpsOfABusyKernel(t *testing.T) {
	all := marks(1, 2, 3, 4)
	for name, cut := range map[string][][][]spec.MarkRuleKey{
		"repeated":  {{all, all[3:]}, {all, all[2:]}},
		"left out":  {{all[:2], all[3:]}},
		"all right": {{all[:2], all[2:]}},
	} {
		f := &fake{generation: 7, rules: all, cut: cut}
		var s spec.State
		if err := fakeRules(f).Read(&s); err != nil || len(s.MarkRules) != 4 {
			t.Errorf("%s: %v %v", name, s.MarkRules, err)
		}
	}
	// Where the count of the kernel is wrong for good, two reads that agree are believed.
	f := &fake{generation: 7, rules: all}
	short := [][]spec.MarkRuleKey{all[:1], all[1:3]}
	for range 8 {
		f.cut = append(f.cut, short)
	}
	var s spec.State
	if err := fakeRules(f).Read(&s); err != nil || len(s.MarkRules) != 3 {
		t.Errorf("%v %v", s.MarkRules, err)
	}
}

func TestRulesThatKeepChanging(t *testing.T) {
	r := fakeRules(&fake{restless: true})
	if err := r.Read(new(spec.State)); !errors.Is(err, errRestless) {
		t.Errorf("read: %v", err)
	}
	x := r.Do([]plan.Change{create(mark("192.0.2.1", 9, 9), spec.MarkRule{Mark: 1})})[0]
	if !errors.Is(x.Err, errRestless) || !strings.HasPrefix(x.Err.Error(), "create mark_rule") || x.Unknown {
		t.Errorf("do: %+v", x)
	}
}

// One refusal takes its change out of the transaction, and the others are tried again.
func TestRefusalsInATransaction(t *testing.T) {
	keys := marks(1, 2, 3)
	var batch []plan.Change
	for _, k := range keys {
		batch = append(batch, create(k, spec.MarkRule{Mark: 1}))
	}
	f := &fake{generation: 7, batch: func(count int) map[int]unix.Errno {
		if count == 6 {
			return map[int]unix.Errno{2: unix.ENOENT} // in the first chain, of the second rule
		}
		return nil
	}}
	got := fakeRules(f).Do(batch)
	var refusal *spec.Refusal
	if got[0].Err != nil || got[2].Err != nil || !errors.As(got[1].Err, &refusal) || refusal.Key != keys[1] || refusal.Errno != unix.ENOENT || f.done != 1 {
		t.Errorf("%+v, %d transactions", got, f.done)
	}
	for _, e := range []unix.Errno{unix.ENOMEM, unix.EPERM} {
		f = &fake{generation: 7, batch: func(int) map[int]unix.Errno { return map[int]unix.Errno{0: e} }}
		for _, x := range fakeRules(f).Do(batch) {
			if !errors.Is(x.Err, e) || x.Unknown {
				t.Errorf("%+v", x)
			}
		}
	}
	n := 0
	f = &fake{generation: 7, batch: func(int) map[int]unix.Errno {
		if n++; n < 5 {
			return map[int]unix.Errno{0: unix.ERESTART}
		}
		return nil
	}}
	for _, x := range fakeRules(f).Do(batch) {
		if x.Err != nil {
			t.Errorf("%+v", x)
		}
	}
}

// A transaction is as large as the buffers, as soon as they are known.
func TestLargeBatches(t *testing.T) {
	var batch []plan.Change
	for i := range fewChanges + 2*mostChanges {
		batch = append(batch, create(mark("192.0.2.1", uint16(i+1), uint16(i+1)), spec.MarkRule{Mark: 1}))
	}
	for large, want := range map[bool]int{true: 3, false: len(batch) / fewChanges} {
		f := &fake{generation: 7, large: large}
		for _, x := range fakeRules(f).Do(batch) {
			if x.Err != nil {
				t.Fatal(x.Err)
			}
		}
		if f.done != want {
			t.Errorf("%d transactions, want %d", f.done, want)
		}
	}
}

// When an answer is lost, the rules tell what was done.
func TestLostAnswers(t *testing.T) {
	k := marks(1, 2)
	f := &fake{generation: 7, mute: true, rules: k[:1]}
	got := fakeRules(f).Do([]plan.Change{{Key: k[0], Before: spec.MarkRule{Mark: 9}, After: spec.MarkRule{Mark: 1}}, create(k[1], spec.MarkRule{Mark: 1})})
	if got[0].Err != nil || got[1].Err == nil || got[1].Unknown || !strings.Contains(fmt.Sprint(got[1].Err), "it was not done") {
		t.Errorf("%+v", got)
	}
}
