//go:build linux

package nft

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// A read changes nothing: not even the modules that are loaded. Where nf_tables is loaded already, it is made to go first.
func TestKernelAReadLoadsNothing(t *testing.T) {
	drivertest.Kernel(t)
	_, _ = drivertest.Try("modprobe", "-r", "nft_nat", "nft_masq", "nft_ct", "nft_chain_nat", "nft_compat", "nft_fib_inet", "nf_tables")
	before := modules(t)
	r := openAt(t, "")
	reads(t, r, spec.State{})
	err := r.Do([]plan.Change{{Key: mark("192.0.2.1", 80, 80), Before: spec.MarkRule{Mark: 1}}})[0].Err
	if !errors.Is(err, unix.ENOENT) {
		t.Errorf("deleting what is not there: %v", err)
	}
	if after := modules(t); after != before {
		t.Errorf("modules are\n%s\nand were\n%s", after, before)
	}
	t.Logf("nf_tables is loaded: %v", strings.Contains("\n"+before, "\nnf_tables "))
}

func modules(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/modules")
	if err != nil {
		t.Fatal(err)
	}
	var out string
	for _, line := range strings.Split(string(b), "\n") {
		name, _, _ := strings.Cut(line, " ")
		out += name + " \n"
	}
	return out
}

// Several programs change our tables at the same time, and others theirs: nothing is lost.
func TestKernelSeveralPrograms(t *testing.T) {
	if _, capable := kernel(t); !capable {
		return
	}
	before := ruleSet(t)
	const programs, rounds = 3, 15
	var group sync.WaitGroup
	stop := make(chan bool)
	own := fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), unix.Gettid())
	for p := range programs {
		r := openAt(t, own)
		group.Add(1)
		go func() {
			defer group.Done()
			oneProgram(t, r, p, rounds)
		}()
	}
	done := make(chan bool)
	go func() { group.Wait(); close(done) }()
	go func() { <-done; close(stop) }()
	for n := 0; ; n++ {
		select {
		case <-stop:
			unchanged(t, before)
			return
		default:
			drivertest.Run(t, "nft", "add table ip busy; delete table ip busy")
			// One that fails, with rules in front of ours until it does.
			_, _ = drivertest.Try("nft", "insert rule inet lvsform postrouting accept; insert rule inet lvsform postrouting jump nowhere")
		}
	}
}

// oneProgram makes three objects of its own and removes them, again and again.
func oneProgram(t *testing.T, r *Rules, p, rounds int) {
	random := rand.New(rand.NewPCG(3, uint64(p)))
	batch := []plan.Change{
		create(mark("192.0.2.1", uint16(100+p), uint16(100+p)), spec.MarkRule{Mark: uint32(p)}),
		create(filter("eth0", fmt.Sprintf("192.0.2.%d", 100+p)), spec.ARPFilter{}),
		create(masq(listener("192.0.2.1:80"), fmt.Sprintf("10.0.0.%d:80", 1+p)), spec.MasqueradeRule{}),
	}
	for range 2 * rounds {
		random.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		for i, x := range r.Do(batch) {
			if x.Err != nil || x.Unknown {
				t.Errorf("%v: %+v", batch[i], x)
			}
		}
		var s spec.State
		if err := r.Read(&s); err != nil {
			t.Error(err)
		}
		for i, c := range batch {
			if s.Get(c.Key) != c.After {
				t.Errorf("after %v it is %+v", c, s.Get(c.Key))
			}
			batch[i] = c.Inverse()
		}
	}
}

// Without the privilege nothing is read or changed, and the error says so.
func TestKernelWithoutPrivilege(t *testing.T) {
	_, capable := kernel(t)
	if !capable {
		return
	}
	path := fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), unix.Gettid())
	r := openAt(t, path)
	mustDo(t, openAt(t, ""), create(mark("192.0.2.9", 1, 1), spec.MarkRule{Mark: 1})) // nf_tables is there
	failed := make(chan [2]error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		ns, err := os.Open(path)
		if err == nil {
			err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET)
		}
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var none [2]unix.CapUserData
		if err == nil {
			err = unix.Capset(&header, &none[0])
		}
		if err != nil {
			failed <- [2]error{err, err}
			return
		}
		var s spec.State
		failed <- [2]error{r.Read(&s), r.Do([]plan.Change{create(mark("192.0.2.1", 1, 1), spec.MarkRule{Mark: 1})})[0].Err}
	}()
	for _, err := range <-failed {
		if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "CAP_NET_ADMIN") {
			t.Errorf("without the privilege: %v", err)
		}
	}
}

// Many rules are made in a few transactions, and read at once. Where there can be none, that is said of each.
func TestKernelManyRules(t *testing.T) {
	r, capable := kernel(t)
	var batch, back []plan.Change
	var want spec.State
	for i := range 600 {
		c := create(masq(listener("192.0.2.1:80"), fmt.Sprintf("10.0.%d.%d:8080", i/250, 1+i%250)), spec.MasqueradeRule{})
		batch, back = append(batch, c), append(back, c.Inverse())
		want.Set(c.Key, c.After)
	}
	rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	if !capable {
		for i, x := range r.Do(batch) {
			if !errors.Is(x.Err, unix.EOPNOTSUPP) || x.Unknown {
				t.Fatalf("%s: %+v", batch[i], x)
			}
		}
		return
	}
	before := ruleSet(t)
	mustDo(t, r, batch...)
	reads(t, r, want)
	ordered(t)
	mustDo(t, r, back...)
	unchanged(t, before)
}

// A closed driver is of no use.
func TestKernelClosed(t *testing.T) {
	drivertest.Kernel(t)
	r := openAt(t, "")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Read(new(spec.State)); err == nil {
		t.Error("a closed driver reads")
	}
	if x := r.Do([]plan.Change{create(mark("192.0.2.1", 80, 80), spec.MarkRule{})}); x[0].Err == nil {
		t.Error("a closed driver changes")
	}
}
