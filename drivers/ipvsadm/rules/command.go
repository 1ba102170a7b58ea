package rules

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// command is a line that changes the table.
type command struct {
	place
	// does is ipvsadm's name of the command: "add-service".
	does string
	// bare says that the line does not name the program: it is one of a dump, as far as the line can tell.
	bare bool
	// saved says that the line is written as -S writes it, and so are all commands of its source.
	saved bool
	key   spec.Key
	value spec.Value
	// printed is the address of a direct or tunnelled server with a port that ipvsadm would not give it.
	printed netip.AddrPort
	// told are the options that were given.
	told set
	// space is the network namespace that it is for, or "".
	space string
}

// command makes sense of a line that was taken apart. What changes nothing gives no command.
func (p *parser) command(l line, bare bool) error {
	c := command{place: l.at, does: l.command.long, bare: bare, told: l.has}
	if err := l.spare(); err != nil {
		return err
	}
	var err error
	switch c.does {
	case "add-service", "edit-service", "delete-service", "zero":
		if l.has&isService == 0 {
			return nil
		}
		err = p.service(&c, l)
	case "add-server", "edit-server", "delete-server":
		err = p.server(&c, l)
	case "set":
		err = c.timeouts(l)
	case "start-daemon", "stop-daemon":
		err = p.daemon(&c, l)
	case "restore":
		return l.at.errorf("-R reads another text: give that one")
	case "clear":
	default:
		return nil
	}
	if err == nil {
		p.commands = append(p.commands, c)
	}
	return err
}

// spare deals with words that belong to no option: the three of --set, and the "ops" and "pe NAME" of ipvsadm 1.26.
func (l *line) spare() error {
	if l.command.long == "set" {
		if len(l.rest) != 3 {
			return l.at.errorf("--set needs three numbers of seconds: tcp, tcpfin and udp")
		}
		return nil
	}
	for i := 0; i < len(l.rest); i++ {
		w := l.rest[i]
		old := l.command.long == "add-service" && w.raw
		switch {
		case old && w.text == "ops" && l.has&isOnePacket == 0:
			l.has |= isOnePacket
		case old && w.text == "pe" && l.has&isEngine == 0 && i+1 < len(l.rest):
			i++
			l.has |= isEngine
			o := &options[slices.IndexFunc(options, func(o option) bool { return o.kind == isEngine })]
			l.arguments = append(l.arguments, argument{o, w, l.rest[i].text, l.rest[i].place, true})
		default:
			return w.errorf("%s belongs to no option", quote(w.text))
		}
	}
	return nil
}

// of is the value of the option of a kind, as a word.
func (l *line) of(kind set) word {
	i := l.index(kind)
	if i < 0 {
		return word{}
	}
	a := l.arguments[i]
	return word{a.from, a.value, true}
}

// index is where the option of a kind stands among the others, or -1.
func (l *line) index(kind set) int {
	return slices.IndexFunc(l.arguments, func(a argument) bool { return a.kind == kind })
}

func (l *line) name(kind set) string {
	if i := l.index(kind); i >= 0 {
		return l.arguments[i].long
	}
	return ""
}

var protocols = map[string]spec.Protocol{"tcp-service": spec.TCP, "udp-service": spec.UDP, "sctp-service": spec.SCTP}

// serviceKey is the service that -t, -u, --sctp-service or -f names.
func (p *parser) serviceKey(l line) (spec.ServiceKey, error) {
	w := l.of(isService)
	protocol, ok := protocols[l.name(isService)]
	if !ok {
		mark, err := w.mark()
		family := spec.IPv4
		if l.has&isIPv6 != 0 {
			family = spec.IPv6
		}
		return spec.Mark(mark, family), err
	}
	if l.has&isIPv6 != 0 {
		return spec.ServiceKey{}, l.arguments[l.index(isIPv6)].errorf("-6 belongs to a firewall mark: the address says what it is")
	}
	a, _, err := p.addrPort(w.place, w.text, protocol.String())
	return spec.Listener(protocol, a), err
}

func (p *parser) service(c *command, l line) error {
	k, err := p.serviceKey(l)
	if err != nil {
		return err
	}
	c.key = k
	if c.does != "add-service" && c.does != "edit-service" {
		return nil
	}
	s := spec.Service{Scheduler: "wlc", OnePacket: l.has&isOnePacket != 0}
	if l.has&isScheduler != 0 {
		s.Scheduler, err = l.of(isScheduler).name("scheduler", maxScheduler)
	}
	if err == nil && l.has&isEngine != 0 {
		s.Engine, err = l.of(isEngine).name("persistence engine", maxEngine)
	}
	if err == nil {
		err = p.persistence(&s, k.Family(), l, c.bare)
	}
	if err == nil && l.has&isFlags != 0 {
		s.Flags, err = p.flags(s.Scheduler, l, c.bare)
	}
	c.value = s
	switch {
	case err != nil:
		return err
	case !k.IsMark() && k.Address.Port() == 0 && !s.Persistent && !c.bare:
		return l.of(isService).errorf("a service for every port must be persistent: add -p, or a port")
	case s.OnePacket && !k.IsMark() && k.Protocol != spec.UDP && !c.bare:
		return l.at.errorf("one-packet scheduling is for udp and firewall marks: leave -o out")
	}
	return nil
}

// persistence reads -p and -M. The program checks the timeout of a script; what is in a dump is in a kernel.
func (p *parser) persistence(s *spec.Service, f spec.Family, l line, bare bool) (err error) {
	if i := l.index(isPersistent); i >= 0 {
		s.Persistent, s.Timeout = true, defaultTimeout
		switch a := l.arguments[i]; {
		case !a.given:
			p.note(l.at, "-p without a number is %d seconds", defaultTimeout)
		case bare:
			s.Timeout, err = l.of(isPersistent).number("persistence timeout", 0, 1<<32-1)
		default:
			s.Timeout, err = l.of(isPersistent).number("persistence timeout", 1, maxTimeout)
		}
	}
	i := l.index(isNetmask)
	if err != nil || i < 0 {
		return err
	}
	if s.Netmask, err = p.netmask(l.of(isNetmask), f); err != nil {
		return err
	}
	if f == spec.IPv6 && i < max(l.index(isService), l.index(isIPv6)) {
		p.note(l.at, "-M before the service's address, or before -6, has no effect in ipvsadm")
		s.Netmask = spec.Netmask{}
	}
	if !s.Persistent && s.Netmask != (spec.Netmask{}) {
		p.note(l.at, "-M without -p has no effect: it is left out, though a kernel keeps it")
		s.Netmask = spec.Netmask{}
	}
	return nil
}

// flags reads -b. For sh and mh with flag-3 alone ipvsadm prints -b without a value.
func (p *parser) flags(scheduler string, l line, bare bool) (spec.SchedulerFlags, error) {
	a := l.arguments[l.index(isFlags)]
	if !a.given {
		if bare && (scheduler == "sh" || scheduler == "mh") {
			p.note(a.place, "-b without a value is flag-3, for which ipvsadm has no word with the scheduler %s", scheduler)
			return spec.Flag3, nil
		}
		return 0, a.errorf("%s needs a value", quote(a.text))
	}
	return word{a.from, a.value, true}.flags(scheduler)
}

func (w word) flags(scheduler string) (out spec.SchedulerFlags, err error) {
	for name := range strings.SplitSeq(w.text, ",") {
		f, err := spec.ParseSchedulerFlag(scheduler, name)
		if err != nil || strings.HasPrefix(name, "0x") {
			return 0, w.errorf("%s is not a flag of the scheduler %s", quote(name), scheduler)
		}
		out |= f
	}
	return out, nil
}

// name reads a name that the kernel keeps so many bytes of.
func (w word) name(what string, most int) (string, error) {
	if w.text == "" || len(w.text) > most || strings.ContainsFunc(w.text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", w.errorf("%s cannot be the name of the %s: use 1 to %d characters", quote(w.text), what, most)
	}
	return w.text, nil
}
