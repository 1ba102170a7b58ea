package plan

import "github.com/lvsform/lvsform/spec"

// class says what may share a batch. Steps of one class need nothing of each other that is not already parent and child
// in a driver's eyes; between classes there is always a barrier, because what comes after may rest on what came before.
type class uint8

const (
	classGrow     class = iota + 1 // services and destinations come, weights rise
	classService                   // services are edited
	classReroute                   // drained destinations change their method or tunnel
	classLower                     // weights fall
	classLeave                     // destinations go
	classWithdraw                  // services go
	classSync
	classRise    // links go up
	classSink    // links go down
	classOpen    // settings open something
	classClose   // settings close something
	classRewrite // a setting that may set others: alone in its batch
	classCome    // other objects come or are changed: those of each kind by themselves
	classGo      // and go
)

func (c Change) class() class {
	switch k := c.Key.(type) {
	case spec.SyncDaemonKey:
		return classSync
	case spec.ServiceKey:
		return [...]class{Create: classGrow, Update: classService, Delete: classWithdraw}[c.Action()]
	case spec.DestinationKey:
		return c.serverClass()
	case spec.SysctlKey:
		return c.settingClass(k)
	case spec.LinkKey:
		if c.Action() == Update {
			if c.After.(spec.Link).Up {
				return classRise
			}
			return classSink
		}
	}
	if c.After == nil {
		return classGo
	}
	return classCome
}

// joins says that a change needs nothing of the one that begins a batch.
func (c Change) joins(first Change) bool {
	class := c.class()
	switch {
	case class != first.class() || class == classRewrite:
		return false
	case class == classCome || class == classGo:
		return c.Key.Kind() == first.Key.Kind()
	}
	return true
}

func (c Change) settingClass(k spec.SysctlKey) class {
	before, _ := c.Before.(spec.Sysctl)
	after, _ := c.After.(spec.Sysctl)
	switch {
	case k.MaySetOthers() && before != after:
		return classRewrite
	case closes(k, before, after):
		return classClose
	}
	return classOpen
}

func (c Change) serverClass() class {
	switch c.Action() {
	case Create:
		return classGrow
	case Delete:
		return classLeave
	}
	before, after := c.Before.(spec.Destination), c.After.(spec.Destination)
	switch {
	case reroutes(before, after):
		return classReroute
	case raises(before, after):
		return classGrow
	}
	return classLower
}

// reroutes says that packets would take another way: connections that are alive usually hang.
func reroutes(before, after spec.Destination) bool {
	return before.Forward != after.Forward || after.Forward == spec.TunnelTo && before.Tunnel != after.Tunnel
}

// raises says that an edit takes nothing away: it may come before others lose something.
func raises(before, after spec.Destination) bool {
	if before.Weight != after.Weight {
		return after.Weight > before.Weight
	}
	return looser(before.UpperThreshold, after.UpperThreshold) && looser(before.LowerThreshold, after.LowerThreshold)
}

// A threshold of 0 is none at all.
func looser(before, after uint32) bool { return after == 0 || before != 0 && after >= before }

// Batches cuts the changeset where a step must not be sent before those ahead of it are known to be done: at every change of
// class, and before an object is named a second time. The steps of one batch may fail in any combination.
func (cs Changeset) Batches() []Changeset {
	var out []Changeset
	for len(cs) > 0 {
		batch := cs.Batch()
		out = append(out, batch)
		cs = cs[len(batch):]
	}
	return out
}

// Batch is the first of Batches.
func (cs Changeset) Batch() Changeset {
	seen := map[spec.Key]bool{}
	for i, s := range cs {
		if i > 0 && (!s.joins(cs[0].Change) || seen[s.Key]) {
			return cs[:i:i]
		}
		seen[s.Key] = true
	}
	return cs
}
