package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Inputs are everything that a plan is made from.
type Inputs struct {
	Live    spec.State
	Desired spec.Desired
	// Ledger is what is ours; Others are those of the other instances.
	Ledger Ledger
	Others Others
	// Host is where Live was read.
	Host Host
	// Targets, if there are any, and Exclude choose objects by address, by the address of a block, or by kernel identity.
	Targets, Exclude []string
	// Absent are those of them that may choose nothing: another node has them.
	Absent []string
	// Destroy plans to remove everything that is ours, whatever the configuration declares.
	Destroy bool
	// NoDrain deletes at once.
	NoDrain bool
	// MaxDestroy, if set, replaces the configuration's.
	MaxDestroy *spec.Limit
	// Restore says that Desired is what the node was once: a kernel took it, so only what it would refuse now is judged.
	Restore bool
	// Compare makes a plan that is only looked at: what doing it would cost is not said, and nothing is forbidden.
	Compare bool
}

// Make works out the plan. Policy edits the desired state and never the result: what is not ours, ignored, or not targeted is
// desired as it is live. An error refuses the whole plan and names the objects.
func Make(in Inputs) (*Plan, error) {
	in.Ledger = in.Ledger.Present(in.Live)
	m := &maker{Inputs: in, plan: &Plan{Host: in.Host, Objects: map[spec.Key]Object{}}, heldBack: map[spec.Key]spec.Key{}}
	if err := m.refuse(); err != nil {
		return nil, err
	}
	m.goal = in.Desired.State.Clone()
	if in.Destroy {
		m.goal = spec.State{}
	}
	m.keep()
	m.settle()
	if err := m.choose(); err != nil {
		return nil, err
	}
	m.imply()
	if err := m.impossible(); err != nil && !m.Compare {
		return nil, err
	}
	m.plan.Changes = Diff(in.Live, m.goal, Options{Drain: m.drain, Side: m.side, Announce: m.announce, HandOver: m.handOver})
	m.adopt()
	m.record()
	m.share()
	m.describe()
	if m.Compare {
		return m.plan, nil
	}
	m.caution()
	return m.plan, errors.Join(m.protect(), m.bound(), m.sound())
}

type maker struct {
	Inputs
	goal spec.State
	plan *Plan
	// live destinations by service, for what is kept as a whole
	servers map[spec.ServiceKey][]spec.DestinationKey
	// picked are the objects that targets and exclusions leave; nil is all
	picked map[spec.Key]bool
	// heldBack are those that had to be taken out of picked, each with the one that is left alone without it
	heldBack map[spec.Key]spec.Key
	// standing are the interfaces on which something is declared, standingOthers those on which an instance holds something
	standing       map[string]bool
	standingOthers map[string]string
	// arisen is the host around the table once modules and links have come
	arisen *spec.Node
}

// refuse is what needs no diff to be refused.
func (m *maker) refuse() error {
	if ours := len(m.Ledger.There(m.Live)); m.Desired.State.Len() == 0 && ours > 0 && !m.Destroy {
		return fmt.Errorf("the configuration declares nothing, and %s here: say --destroy if all of it is to go", count(ours, "object is lvsform's", "objects are lvsform's"))
	}
	refused := map[spec.Key]error{}
	for k := range m.Desired.State.All() {
		if other := m.contrary(k); other != nil {
			refused[k] = m.theirs(k, other)
		} else if live := m.Live.Get(k); live != nil && m.Desired.Ownership.Ignores(k, live) {
			refused[k] = fmt.Errorf("%s is declared, and what is there (%s) is ignored: take it out of the configuration, or out of ignore", m.name(k), k)
		}
	}
	var errs []error
	for _, k := range slices.SortedFunc(maps.Keys(refused), spec.CompareKeys) {
		errs = append(errs, refused[k])
	}
	return errors.Join(errs...)
}

// side is what an address is for: as declared, or as it was when it was.
func (m *maker) side(k spec.AddressKey) spec.Side {
	if m.declared(k) {
		return m.Desired.Objects[k].Side
	}
	return m.Ledger[k].Side
}

// announce is how an address is made known, as with side.
func (m *maker) announce(k spec.AddressKey) spec.Announce {
	if m.declared(k) {
		return m.Desired.Objects[k].Announce
	}
	return m.Ledger[k].Announce
}

func (m *maker) handOver(k spec.AddressKey) bool { return m.taker(k) != "" }

// taker is the node that takes over an address of a director that goes, or "".
func (m *maker) taker(k spec.AddressKey) string {
	if m.declared(k) || m.side(k) != spec.SideDirector {
		return ""
	}
	return m.Desired.Elsewhere[k.Prefix.Addr()]
}

func (m *maker) drain(k spec.DestinationKey) time.Duration {
	if m.NoDrain {
		return 0
	}
	if o := m.Desired.Objects[k.Service]; o.Pool != nil {
		return o.Pool.Drain
	}
	if owned, ours := m.Ledger[k.Service]; ours {
		return owned.Drain
	}
	return spec.DefaultDrain
}

// adopt finds what the configuration declares, the node has, and the ledger does not know.
func (m *maker) adopt() {
	if m.Destroy {
		return
	}
	for k := range m.Desired.State.All() {
		_, ours := m.Ledger[k]
		if ownable(k) && !ours && m.Live.Get(k) != nil && m.chosen(k) {
			m.plan.Adopted = append(m.plan.Adopted, k)
		}
	}
	slices.SortFunc(m.plan.Adopted, spec.CompareKeys)
}

// record works out what the ledger does not say, or says otherwise.
func (m *maker) record() {
	m.plan.Records = Ledger{}
	if m.Destroy {
		return
	}
	for k := range m.Desired.State.All() {
		if !ownable(k) || m.goal.Get(k) == nil || !m.chosen(k) {
			continue
		}
		want := Owned{Name: m.name(k)}
		if pool := m.Desired.Objects[k].Pool; pool != nil {
			want.Drain = pool.Drain
		} else if k.Kind() == spec.KindService {
			want.Drain = spec.DefaultDrain
		}
		if a, ok := k.(spec.AddressKey); ok {
			want.Announce, want.Side = m.announce(a), m.side(a)
		}
		if owned, ours := m.Ledger[k]; !ours || owned != want {
			m.plan.Records[k] = want
		}
	}
}

func (m *maker) warn(format string, args ...any) {
	m.plan.Warnings = append(m.plan.Warnings, fmt.Sprintf(format, args...))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
