package rules

import "strings"

// set is a set of kinds of options. Of each kind a command takes one.
type set uint32

const (
	isService set = 1 << iota
	isScheduler
	isPersistent
	isNetmask
	isServer
	isMethod
	isWeight
	isUpper
	isLower
	isOnePacket
	isEngine
	isFlags
	isIPv6
	isTunnelType
	isTunnelPort
	isTunnelChecksum
	isInterface
	isSyncID
	isGroup
	isPort
	isTTL
	isMaxLen
	isListing // what only -L and -S take, any number of times
)

// option is a switch of ipvsadm. A command has no kind.
type option struct {
	long  string
	short byte
	kind  set
	// value is ' ' for none, '+' for one, '?' for one that may be missing.
	value byte
}

// The table is never changed.
var options = []option{
	{"add-service", 'A', 0, ' '}, {"edit-service", 'E', 0, ' '}, {"delete-service", 'D', 0, ' '},
	{"clear", 'C', 0, ' '}, {"list", 'L', 0, ' '}, {"list", 'l', 0, ' '}, {"zero", 'Z', 0, ' '},
	{"add-server", 'a', 0, ' '}, {"edit-server", 'e', 0, ' '}, {"delete-server", 'd', 0, ' '},
	{"set", 0, 0, ' '}, {"help", 'h', 0, ' '}, {"version", 'v', 0, ' '}, {"restore", 'R', 0, ' '}, {"save", 'S', 0, ' '},
	{"start-daemon", 0, 0, '+'}, {"stop-daemon", 0, 0, '+'},
	{"tcp-service", 't', isService, '+'}, {"udp-service", 'u', isService, '+'}, {"sctp-service", 0, isService, '+'},
	{"fwmark-service", 'f', isService, '+'}, {"ipv6", '6', isIPv6, ' '},
	{"scheduler", 's', isScheduler, '+'}, {"persistent", 'p', isPersistent, '?'}, {"netmask", 'M', isNetmask, '+'},
	{"ops", 'o', isOnePacket, ' '}, {"pe", 0, isEngine, '+'}, {"sched-flags", 'b', isFlags, '+'},
	{"real-server", 'r', isServer, '+'},
	{"masquerading", 'm', isMethod, ' '}, {"ipip", 'i', isMethod, ' '}, {"gatewaying", 'g', isMethod, ' '},
	{"weight", 'w', isWeight, '+'}, {"u-threshold", 'x', isUpper, '+'}, {"l-threshold", 'y', isLower, '+'},
	{"tun-type", 0, isTunnelType, '+'}, {"tun-port", 0, isTunnelPort, '+'}, {"tun-nocsum", 0, isTunnelChecksum, ' '},
	{"tun-csum", 0, isTunnelChecksum, ' '}, {"tun-remcsum", 0, isTunnelChecksum, ' '},
	{"mcast-interface", 0, isInterface, '+'}, {"syncid", 0, isSyncID, '+'}, {"mcast-group", 0, isGroup, '+'},
	{"mcast-port", 0, isPort, '+'}, {"mcast-ttl", 0, isTTL, '+'}, {"sync-maxlen", 0, isMaxLen, '+'},
	{"numeric", 'n', isListing, ' '}, {"connection", 'c', isListing, ' '}, {"timeout", 0, isListing, ' '},
	{"daemon", 0, isListing, ' '}, {"stats", 0, isListing, ' '}, {"rate", 0, isListing, ' '},
	{"thresholds", 0, isListing, ' '}, {"persistent-conn", 0, isListing, ' '}, {"nosort", 0, isListing, ' '},
	{"sort", 0, isListing, ' '}, {"exact", 'X', isListing, ' '}, {"tun-info", 0, isListing, ' '},
}

// takes says which options a command takes, and which it needs.
func takes(command string) (some, all set) {
	const daemon = isInterface | isSyncID | isGroup | isPort | isTTL | isMaxLen
	const tunnel = isTunnelType | isTunnelPort | isTunnelChecksum
	switch command {
	case "add-service", "edit-service":
		return isService | isIPv6 | isScheduler | isPersistent | isNetmask | isOnePacket | isEngine | isFlags, isService
	case "delete-service":
		return isService | isIPv6, isService
	case "add-server", "edit-server":
		return isService | isIPv6 | isServer | isMethod | isWeight | isUpper | isLower | tunnel, isService | isServer
	case "delete-server":
		return isService | isIPv6 | isServer, isService | isServer
	case "zero":
		return isService | isIPv6, 0
	case "list", "save":
		return isService | isIPv6 | isListing, 0
	case "start-daemon":
		return daemon, 0
	case "stop-daemon":
		return isSyncID, 0
	}
	return 0, 0
}

// argument is an option as it was given.
type argument struct {
	*option
	word         // the option itself
	value string // without the option's name
	from  place  // where the value begins
	given bool   // there is a value
}

// line is a command line that was taken apart.
type line struct {
	command   *option
	role      word // the value of --start-daemon and --stop-daemon
	at        place
	arguments []argument
	rest      []word // words that belong to no option
	has       set
}

// getter walks over the words as popt does: short options may stand together and before their value, "-Lnt" or "-w5",
// and what is no option may stand anywhere.
type getter struct {
	words []word
	out   line
}

// take takes the words after the program's name apart.
func take(words []word) (line, error) {
	g := getter{words: words}
	for len(g.words) > 0 {
		w := g.words[0]
		g.words = g.words[1:]
		var err error
		switch {
		case w.text == "--":
			g.out.rest = append(g.out.rest, g.words...)
			g.words = nil
		case strings.HasPrefix(w.text, "--"):
			err = g.long(w)
		case strings.HasPrefix(w.text, "-") && w.text != "-":
			err = g.letters(w)
		default:
			g.out.rest = append(g.out.rest, w)
		}
		if err != nil {
			return line{}, err
		}
	}
	return g.out, g.check()
}

func (g *getter) long(w word) error {
	name, value, given := strings.Cut(w.text[len("--"):], "=")
	for i := range options {
		if o := &options[i]; o.long == name {
			from := w.place
			from.column += len("--=") + len(name)
			if given && o.value == ' ' {
				return from.errorf("--%s takes no value: leave it out", name)
			}
			return g.add(argument{o, w, value, from, given})
		}
	}
	if name == "xxx-service" {
		return w.errorf("a service of a protocol that ipvsadm has no word for: read the node with the driver netlink")
	}
	return w.errorf("%s is not an option of ipvsadm", quote(w.text))
}

func (g *getter) letters(w word) error {
	for i := 1; i < len(w.text); i++ {
		o := letter(w.text[i])
		at := w
		if i > 1 {
			at.column += i
		}
		if o == nil {
			return at.errorf("%s is not an option of ipvsadm", quote("-"+w.text[i:i+1]))
		}
		joined := strings.TrimPrefix(w.text[i+1:], "=")
		if o.value == ' ' || joined == "" {
			if err := g.add(argument{option: o, word: at}); err != nil {
				return err
			}
			continue
		}
		from := w.place
		from.column += len(w.text) - len(joined)
		return g.add(argument{o, at, joined, from, true})
	}
	return nil
}

func letter(c byte) *option {
	for i := range options {
		if options[i].short == c {
			return &options[i]
		}
	}
	return nil
}

// add looks for the option's value in the next word if it was not given with the option.
func (g *getter) add(a argument) error {
	if !a.given && a.option.value != ' ' && len(g.words) > 0 && (a.option.value == '+' || !strings.HasPrefix(g.words[0].text, "-")) {
		a.value, a.from, a.given = g.words[0].text, g.words[0].place, true
		g.words = g.words[1:]
	}
	if a.option.value == '+' && !a.given && a.kind != isFlags {
		return a.errorf("%s needs a value", quote(a.text))
	}
	if a.kind == 0 {
		if g.out.command != nil {
			return a.errorf("a second command, after --%s: write it on a line of its own", g.out.command.long)
		}
		g.out.command, g.out.role, g.out.at = a.option, word{a.from, a.value, true}, a.place
		if len(g.out.arguments) > 0 {
			return a.errorf("the command comes first: write --%s before the other options", a.long)
		}
		return nil
	}
	if g.out.has&a.kind != 0 && a.kind != isListing {
		return a.errorf("%s is given twice, or beside another one of its kind", quote(a.text))
	}
	g.out.has |= a.kind
	g.out.arguments = append(g.out.arguments, a)
	return nil
}

// check is ipvsadm's table of commands and their options.
func (g *getter) check() error {
	c := g.out.command
	if c == nil {
		if len(g.out.arguments) > 0 {
			return g.out.arguments[0].errorf("a line without a command such as -A or -a")
		}
		return nil
	}
	some, all := takes(c.long)
	for _, a := range g.out.arguments {
		if a.kind&some == 0 {
			return a.errorf("%s does not belong to the command --%s", quote(a.text), c.long)
		}
	}
	if all&isService&^g.out.has != 0 {
		return g.out.at.errorf("--%s needs a service: -t, -u, --sctp-service or -f", c.long)
	}
	if all&isServer&^g.out.has != 0 {
		return g.out.at.errorf("--%s needs a real server: -r", c.long)
	}
	return nil
}
