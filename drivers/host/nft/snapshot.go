//go:build linux

package nft

import (
	"errors"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// snapshot is what is in our tables at one moment.
type snapshot struct {
	generation uint32
	tables     map[uint8]table
	chains     [chains]content
	objects    map[spec.Key]parts
}

type table struct {
	asleep bool
	// use is the number of its chains, sets and whatever else it holds.
	use int
}

type content struct {
	there bool
	// strange says that it is not the chain that we make.
	strange bool
	rules   []rule
	// use is how many rules the kernel counts, parts in how many datagrams they came.
	use, parts int
}

// parts are the rules that carry the name of an object, whatever they do.
type parts [chains][]rule

// Others may change rules all the time: each change makes a read or a transaction begin again.
const attempts = 60

// pause is short at first. Together it is a second.
func pause(attempt int) { time.Sleep(time.Duration(attempt) * 500 * time.Microsecond) }

var errRestless = errors.New("the nftables rules of this network namespace kept changing meanwhile")

// look reads our tables again until nothing has changed on the way.
func (s *socket) look() (out snapshot, err error) {
	var last snapshot
	for attempt := range attempts {
		pause(attempt)
		var whole errBatch
		out, err = s.lookOnce()
		switch {
		case errors.As(err, &whole) && whole.Errno == unix.ERESTART:
		case err != nil:
			return snapshot{}, err
		case out.sure() || last.tables != nil && out.equal(last):
			return out, nil
		default:
			last = out
			continue
		}
		last = snapshot{}
	}
	return snapshot{}, errRestless
}

// lookOnce gives ERESTART if anything has changed.
func (s *socket) lookOnce() (out snapshot, err error) {
	if out.generation, err = s.generation(); err != nil {
		return out, err
	}
	if err := s.wait(out.generation); err != nil {
		return out, err
	}
	if err := s.content(&out); err != nil {
		return out, err
	}
	after, err := s.generation()
	if err == nil && after != out.generation {
		err = errBatch{unix.ERESTART}
	}
	return out, err
}

func (s *socket) content(out *snapshot) (err error) {
	out.tables, out.objects = map[uint8]table{}, map[spec.Key]parts{}
	for _, family := range families() {
		switch t, err := s.table(family); {
		case err == nil:
			out.tables[family] = t
		case !errors.Is(err, unix.ENOENT):
			return err
		}
	}
	for c := range chains {
		if _, ok := out.tables[c.shape().family]; !ok {
			continue
		}
		if out.chains[c], err = s.chain(c); err != nil {
			return err
		}
		for _, r := range out.chains[c].rules {
			if r.key != nil {
				p := out.objects[r.key]
				p[c] = append(p[c], r)
				out.objects[r.key] = p
			}
		}
	}
	return nil
}

// sure says that no rule can be missing. Rules that a transaction adds, and takes back when it fails, shift those behind
// them: a dump in several parts may leave one out, and no number tells.
func (s *snapshot) sure() bool {
	for _, c := range s.chains {
		if c.parts > 1 && c.use != len(c.rules) {
			return false
		}
	}
	return true
}

func (s *snapshot) equal(o snapshot) bool {
	for i, c := range s.chains {
		if !slices.EqualFunc(c.rules, o.chains[i].rules, func(a, b rule) bool { return a.handle == b.handle }) {
			return false
		}
	}
	return true
}

func (s *socket) table(family uint8) (t table, err error) {
	err = s.ask(about(unix.NFT_MSG_GETTABLE, 0, family, text(unix.NFTA_TABLE_NAME, tableName)), func(a answer) error {
		fields, err := a.attributes()
		t = table{fields.number(unix.NFTA_TABLE_FLAGS)&unix.NFT_TABLE_F_DORMANT != 0, int(fields.number(unix.NFTA_TABLE_USE))}
		return err
	})
	return t, err
}

func (s *socket) chain(c chain) (out content, err error) {
	shape := c.shape()
	r := about(unix.NFT_MSG_GETCHAIN, 0, shape.family, text(unix.NFTA_CHAIN_TABLE, tableName), text(unix.NFTA_CHAIN_NAME, shape.name))
	err = s.ask(r, func(a answer) error {
		fields, err := a.attributes()
		if err != nil {
			return err
		}
		hook, err := inside(fields[unix.NFTA_CHAIN_HOOK])
		out.there, out.use = true, int(fields.number(unix.NFTA_CHAIN_USE))
		out.strange = fields.text(unix.NFTA_CHAIN_TYPE) != shape.kind || hook.number(unix.NFTA_HOOK_HOOKNUM) != shape.hook ||
			int32(hook.number(unix.NFTA_HOOK_PRIORITY)) != shape.priority
		return err
	})
	if errors.Is(err, unix.ENOENT) {
		return content{}, nil
	}
	if err == nil {
		out.rules, err = s.rules(c)
		out.parts = s.parts
	}
	return out, err
}

func (s *socket) rules(c chain) (out []rule, err error) {
	// For the same reason one may come twice, even in a short dump.
	seen := map[uint64]bool{}
	err = s.ask(c.shape().rule(unix.NFT_MSG_GETRULE, unix.NLM_F_DUMP), func(a answer) error {
		fields, err := a.attributes()
		if err != nil {
			return err
		}
		r := rule{handle: fields.number64(unix.NFTA_RULE_HANDLE)}
		if seen[r.handle] {
			return nil
		}
		seen[r.handle] = true
		// Values are in the buffer of the socket: what is kept is a copy.
		if k := commented(fields[unix.NFTA_RULE_USERDATA]); k != nil && c.has(k.Kind()) {
			r.key = k
			r.list, err = steps(append([]byte(nil), fields[unix.NFTA_RULE_EXPRESSIONS]...))
		}
		out = append(out, r)
		return err
	})
	if errors.Is(err, unix.ENOENT) { // it went meanwhile, and so the generation is another
		err = nil
	}
	return out, err
}

// value is the object if all of it is there, once and at work; else nil.
func (s *snapshot) value(k spec.Key) spec.Value {
	var r ruleset
	for c, rules := range s.objects[k] {
		if len(rules) > 1 {
			return nil
		}
		if len(rules) == 1 {
			r[c] = rules[0].list
			if s.chains[c].strange || s.tables[chain(c).shape().family].asleep {
				return nil
			}
		}
	}
	return value(k, r)
}
