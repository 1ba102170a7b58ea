package plan

import (
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Plan is a changeset with all that a person needs to judge it and a later apply needs to do it. It is printed, saved
// and executed as it is.
type Plan struct {
	// Version is lvsform's version that made the plan, Created when.
	Version string
	Created time.Time
	// Host is the node that was read, and Instance whose objects the plan is about; "" is the usual one.
	Host     Host
	Instance string
	// Config is the digest of the configuration; "" for a plan that has none, such as a rollback.
	Config string
	// Changes are the steps, in order.
	Changes Changeset
	// Objects says more about objects that are named by Changes, Adopted or Unmanaged.
	Objects map[spec.Key]Object
	// Adopted are live objects that the configuration declares and lvsform did not make: they become its own.
	Adopted []spec.Key
	// Unmanaged are live services and sync daemons of somebody else. Their number is told, they are not touched.
	Unmanaged []spec.Key
	// Records are what the ledger is to hold of objects that are created or adopted, that another instance has changed and this one
	// needs as well, or that the configuration calls otherwise than the ledger does.
	Records Ledger
	// Left are objects that the ledger no longer holds after the plan, and which stay as they are because another instance needs them.
	Left []spec.Key
	// Unchanged is how many declared objects are as they should be.
	Unchanged int
	// Partial says that targets or exclusions left something out.
	Partial bool
	// Warnings are sentences: what the changeset costs, what has no inverse, what the configuration was warned about.
	Warnings []string
}

// Object is what a plan says of an object beside its values.
type Object struct {
	// Name is the address in the configuration, or spec.LiveName.
	Name string
	// Ignore names the attributes that are left as they are live: they are read anew before the plan is done or undone.
	Ignore []string
	// Protected says that the object's block forbids to destroy it.
	Protected bool
	// Connections are those that the live destination had when the plan was made; for a service, of all its destinations.
	Connections spec.Connections
	// Side is what an address is for.
	Side spec.Side
	// Reason says why the object changes where the change alone does not: "not in the configuration any more".
	Reason string
}

// Summary counts objects, as people do; steps may be more.
type Summary struct {
	Import  int `json:"import"`
	Add     int `json:"add"`
	Change  int `json:"change"`
	Destroy int `json:"remove"`
}

// Summary counts what the plan does.
func (p *Plan) Summary() Summary {
	s := Summary{Import: len(p.Adopted)}
	for _, c := range p.Changes.Objects() {
		switch c.Action() {
		case Create:
			s.Add++
		case Update:
			s.Change++
		case Delete:
			s.Destroy++
		}
	}
	return s
}

// Empty says that there is nothing to do: no step and nothing to adopt.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Adopted) == 0 }

// Name is the object's address: its own, or the one that says it has no name.
func (p *Plan) Name(k spec.Key) string {
	if o := p.Objects[k]; o.Name != "" {
		return o.Name
	}
	return spec.LiveName(k)
}
