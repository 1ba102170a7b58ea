package plan

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// impossible says what of the configuration no changeset brings about on this node.
func (m *maker) impossible() error {
	if m.Destroy {
		return nil
	}
	var errs []error
	keys := m.Desired.State.Host().Keys()
	for k := range m.Desired.State.SyncDaemons {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, spec.CompareKeys)
	for _, k := range keys {
		if m.goal.Get(k) == nil || !m.chosen(k) {
			continue
		}
		if why := m.cannot(k); why != "" {
			errs = append(errs, fmt.Errorf("%s (%s): %s", m.name(k), k, why))
		}
	}
	return errors.Join(errs...)
}

// cannot says why the object cannot be as the goal has it, or "".
func (m *maker) cannot(k spec.Key) string {
	switch k := k.(type) {
	case spec.LinkKey:
		return m.cannotLink(k)
	case spec.SysctlKey:
		return m.cannotSet(k)
	case spec.NeighbourKey:
		return m.missing(k.Interface)
	case spec.AddressKey:
		return m.cannotHold(k)
	case spec.SyncDaemonKey:
		return m.cannotSync(k)
	}
	return ""
}

// cannotSync: a master sends from the moment it is started, a backup hears later what comes.
func (m *maker) cannotSync(k spec.SyncDaemonKey) string {
	want := m.goal.SyncDaemons[k]
	if spec.Satisfies(m.Live.Get(k), want) {
		return ""
	}
	if link, there := m.goal.Links[spec.LinkKey{Name: want.Interface}]; there && !link.Up && k.Role == spec.Master {
		return "the interface " + want.Interface + " is down, and nothing can be sent from it: bring it up first"
	}
	return m.missing(want.Interface)
}

func (m *maker) cannotHold(k spec.AddressKey) string {
	live, there := m.Live.Addresses[k]
	if want := m.Desired.State.Addresses[k]; there && live.Dynamic && !want.Dynamic {
		return manager(live) + " holds it for a limited time, and would take it away again: leave it out here, or configure it nowhere else"
	}
	if other, ok := twin(m.goal, k); ok {
		return "the interface has it as " + other.Prefix.String() + ", and can have it only once: declare it like that, or remove that one first"
	}
	if m.answered(k) {
		return k.Interface + " answers ARP for its own addresses, also with arp_ignore 1 and 2: put the VIP on lo or a dummy link, or keep quiet by arp = \"filter\""
	}
	if link := m.goal.Links[spec.LinkKey{Name: k.Interface}]; !there && !link.Up && m.announce(k).Count > 0 && announces(link.Type) {
		return "the interface " + k.Interface + " is down, and it cannot be announced there: bring the interface up first, or declare announce { count = 0 } in its vip"
	}
	return m.missing(k.Interface)
}

// answered says that ARP arrives, and is answered, where an address is to be of which nobody is to hear.
func (m *maker) answered(k spec.AddressKey) bool {
	link, there := m.arisen.State().Links[spec.LinkKey{Name: k.Interface}]
	if !there || !hears(link) || !k.Prefix.Addr().Is4() || m.Desired.Objects[k].Side != spec.SideQuiet {
		return false
	}
	_, filtered := m.goal.ARPFilters[spec.ARPFilterKey{Interface: k.Interface, Address: k.Prefix.Addr()}]
	return !filtered && m.goal.AnswersOwn(k.Interface)
}

// announces says that interfaces of the type have neighbours for sure, so that an announcement is refused while they are down.
func announces(linkType string) bool {
	return slices.Contains([]string{"device", "vlan", "bond", "team", "bridge", "veth", "macvlan"}, linkType)
}

// manager is who gives an address a limited lifetime.
func manager(a spec.Address) string {
	switch a.Origin {
	case 0:
		return "something else (DHCP, or router advertisements)"
	case 2:
		return "a router, by its advertisements,"
	}
	return "something else (its protocol number is " + strconv.Itoa(int(a.Origin)) + ")"
}

func (m *maker) missing(iface string) string {
	if links := m.arisen.State().Links; len(links) > 0 && m.arisen.State().Get(spec.LinkKey{Name: iface}) == nil {
		return "there is no interface " + iface + " here: declare a link of that name, or name one that is there"
	}
	return ""
}

func (m *maker) cannotSet(k spec.SysctlKey) string {
	forward := spec.SysctlKey{Name: "net.ipv4.ip_forward"}
	switch {
	case m.arisen.State().Get(k) == nil:
	case k.Rewrites(forward) && m.declared(forward) && m.Desired.State.Get(k) != m.Desired.State.Get(forward):
		return "it is the same setting as net.ipv4.ip_forward, which is declared as " + m.Desired.State.Sysctls[forward].Value
	case k.Base() == "disable_ipv6":
		return m.takesAlong(k)
	default:
		return ""
	}
	if iface := k.Interface(); iface != "" {
		if why := m.missing(iface); why != "" {
			return why
		}
	}
	return "this kernel has no such setting that can be read: it may come with a module, or be called otherwise"
}

// takesAlong says which addresses would go with IPv6. The kernel brings back its own, and no others.
func (m *maker) takesAlong(k spec.SysctlKey) string {
	if v, ok := m.Live.Get(k).(spec.Sysctl); !ok || v.Value != "0" || m.goal.Sysctls[k] == v {
		return ""
	}
	var lost []string
	for a, v := range m.goal.Addresses {
		own := a.Prefix.Addr().IsLoopback() || a.Automatic(v, m.goal.Links[spec.LinkKey{Name: a.Interface}])
		if i := k.Interface(); a.Prefix.Addr().Is6() && !own && (i == a.Interface || k.IsGlobal()) {
			lost = append(lost, a.String())
		}
	}
	if slices.Sort(lost); len(lost) > 0 {
		return "it takes the IPv6 addresses along, and nothing brings them back: remove " + strings.Join(lost, ", ") + " first"
	}
	return ""
}

func (m *maker) cannotLink(k spec.LinkKey) string {
	want := m.goal.Links[k]
	switch now, there := m.arisen.State().Links[k]; {
	case there && now.Type != want.Type:
		return fmt.Sprintf("it is a %s link here, and the type of a link cannot be changed: give the %s link another name, or delete this one first", now.Type, want.Type)
	case there:
		return ""
	}
	if module := spec.TunnelModule(want.Type); module != "" && want.Type != "gue" {
		if m.goal.Get(spec.ModuleKey{Name: module}) == nil {
			return "it comes with the module " + module + ": declare that, too"
		}
		return "the module " + module + " is there and has not brought it: in network namespaces other than the first, net.core.fb_tunnels_only_for_init_net must be 0 when they are made"
	}
	return fmt.Sprintf("there is no such interface here, and a %s link cannot be made", want.Type)
}
