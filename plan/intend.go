package plan

import (
	"cmp"
	"maps"

	"github.com/lvsform/lvsform/spec"
)

// Intend is the ledger for the time of the run: what is ours and what is about to be, so that a run that is killed leaves
// nothing without an owner, and nothing of anybody else's away but of what the other instances hold.
func (p *Plan) Intend(now Ledger, others Others) Ledger {
	l := maps.Clone(now)
	if l == nil {
		l = Ledger{}
	}
	found, last, settled := p.Changes.Before(), p.Changes.After(), p.Settle(now)
	first, then, _ := p.sysctls(now)
	for k, v := range first {
		found[k], last[k] = v, then[k]
	}
	for k, was := range now {
		_, stays := settled[k]
		switch {
		case stays || was.Original == nil:
		case was.Original == last[k]: // what goes back may have done so
			settled[k] = Owned{Name: was.Name, Original: was.Original, Ours: was.Original}
		case found[k] != nil && last[k] != nil: // another instance's from now on, and not yet
			settled[k] = was
		}
	}
	for k, o := range settled {
		was, ours := l[k]
		if o.Original == nil && was.Original != nil && last[k] != nil { // it is imported, and somebody else's until then
			o.Original, o.Ours = was.Original, last[k]
		}
		if o.Ours != nil && (!ours || now.left(k, found[k])) {
			o.Earlier = cmp.Or(found[k], was.Earlier, o.Earlier)
		}
		if !ours || o.Ours != nil {
			l[k] = o
		}
	}
	for _, s := range p.Changes {
		if !movable(s.Key) || s.After != nil || found[s.Key] == nil || last[s.Key] == nil {
			continue
		}
		o, ours := l[s.Key]
		if other, _ := others.Of(s.Key); !ours && other == "" {
			o = Owned{Name: p.Name(s.Key), Original: found[s.Key], Ours: last[s.Key]}
		}
		if o.Original != nil {
			o.Earlier = cmp.Or(o.Earlier, found[s.Key])
			l[s.Key] = o
		}
	}
	return l
}

// movable says that an object may be away for a while: a link that goes down takes it along, or the last address of one.
func movable(k spec.Key) bool {
	return k.Kind() == spec.KindAddress || k.Kind() == spec.KindNeighbour
}

// Present is the ledger without what the node does not have: it was taken away by somebody else, or a run that was killed did not get
// to it, and what comes in its place is theirs.
func (l Ledger) Present(live spec.State) Ledger {
	out := Ledger{}
	for k, o := range l {
		away := movable(k) && o.Original != nil && l.left(k, nil)
		if k.Kind() == spec.KindTimeouts || live.Get(k) != nil || away {
			out[k] = o
		}
	}
	return out
}

// There is what is Present when a run has ended. Of what is as lvsform set it last, nothing earlier is ours any more; of what a run that
// was killed has left, or brought back, as it was before lvsform, nothing is.
func (l Ledger) There(live spec.State) Ledger {
	out := l.Present(live)
	for k, o := range out {
		if now := live.Get(k); now != nil && o.Earlier != nil && (now == o.Original || l.left(k, now)) {
			o.Ours, o.Earlier = now, nil
			out[k] = o
		}
	}
	out.over()
	return out
}

// over takes out what is as it was before lvsform. What a setting that lvsform has changed sets along is noted as long as that one is.
func (l Ledger) over() {
	for _, global := range []bool{true, false} {
		for k, o := range l {
			s, _ := k.(spec.SysctlKey)
			if o.back() && (s.IsGlobal() && global || !l.rewrites(s) && !global) {
				delete(l, k)
			}
		}
	}
}
