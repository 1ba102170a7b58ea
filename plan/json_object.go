package plan

import (
	"github.com/lvsform/lvsform/spec"
)

func (p *Plan) identity(k spec.Key) identity {
	return identity{p.Name(k), k.Kind().String(), k.String()}
}

func (p *Plan) detail(k spec.Key) detail {
	o := p.Objects[k]
	d := detail{Reason: o.Reason, Ignore: o.Ignore, Protected: o.Protected, Side: o.Side}
	if o.Connections != (spec.Connections{}) {
		d.Connections = &o.Connections
	}
	return d
}

// object is what an identity and its detail say.
func (i identity) object(d detail) Object {
	o := Object{Name: i.Address, Ignore: d.Ignore, Protected: d.Protected, Side: d.Side, Reason: d.Reason}
	if d.Connections != nil {
		o.Connections = *d.Connections
	}
	return o
}
