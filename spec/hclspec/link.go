package hclspec

import (
	"maps"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// tunnelLinks are the interfaces through which tunnels of a kind arrive. They come with the kind's module.
var tunnelLinks = map[string]string{"ipip": "tunl0", "sit": "sit0", "gre": "gre0", "ip6tnl": "ip6tnl0", "ip6gre": "ip6gre0"}

// isKernels says that the kernel makes the interface by itself.
func isKernels(name string) bool {
	return name == "lo" || slices.Contains(slices.Collect(maps.Values(tunnelLinks)), name)
}

func (l *loader) link(in instance) {
	b := l.open(in.block, linkKind, in.ctx)
	kinds := []string{"dummy", "ipip", "sit", "gre", "ip6tnl", "ip6gre", "gue"}
	v := spec.Link{Up: true}
	if a, ok := b.get("kind"); ok {
		v.Type, _ = a.word(kinds, "kind of link")
	}
	if a, ok := b.get("up"); ok {
		v.Up, _ = a.boolean()
	}
	k := spec.LinkKey{Name: in.block.Labels[0]}
	named, hasName := b.get("name")
	if hasName {
		k.Name = named.interfaceName()
	} else if !spec.ValidInterface(k.Name) {
		b.errorf("LVS131", in.block.LabelRanges[0], "Invalid interface name", "%q is not the name of an interface: at most 15 characters, and not \"all\" or \"default\". Set name, if the label is to be another.", k.Name)
	}
	b.receiver(&k, v, hasName)
	if b.bad {
		return
	}
	if tunnel := tunnelLinks[v.Type]; tunnel != "" && k.Name != tunnel {
		b.errorf("LVS059", in.block.DefRange, "Tunnel interface of another name", "The kernel has one interface for all tunnels of kind %s, and it is %s: use that name.", v.Type, tunnel)
		return
	}
	if v.Type == "dummy" && isKernels(k.Name) {
		b.errorf("LVS059", in.block.DefRange, "Name of another interface", "%s is an interface of the kernel's own: give the dummy another name.", k.Name)
		return
	}
	if module := spec.TunnelModule(v.Type); module != "" {
		l.tunnelModules(v.Type, in.addr, origin{block: in.block})
	}
	l.object(k, v, in.addr, in.block)
}

// receiver makes the key that of a receiver of GUE packets, if the link is one.
func (b *body) receiver(k *spec.LinkKey, v spec.Link, hasName bool) {
	var port uint16
	a, ok := b.get("port")
	if ok {
		port = a.port()
	}
	switch expr, there := b.expression("port"); {
	case b.bad:
	case v.Type != "gue" && there:
		b.errorf("LVS048", expr.Range(), "Attribute without effect", "Only gue has a port: leave it out for %s.", v.Type)
	case v.Type != "gue":
	case !ok:
		b.errorf("LVS005", b.header, "Missing attribute", "GUE travels in UDP: set the port that it is received on, usually 6080.")
	case hasName || !v.Up:
		b.errorf("LVS048", b.header, "Attribute without effect", "A receiver of GUE packets is no interface: it has no name, and it is always up.")
	default:
		*k = spec.GUEReceiver(port)
	}
}
