package spec

import (
	"cmp"
	"strconv"
	"strings"
)

// Key identifies one object of a node the way the kernel does, never by a label in a file.
// Its dynamic type is one of the key types of this package, all of them comparable.
type Key interface {
	Kind() Kind
	// String is the one spelling of the object in plans, logs, errors and JSON; ParseKey reads it back.
	String() string
	// compare orders keys of one kind.
	compare(Key) int
}

// CompareKeys orders keys of any kinds: by kind, then as the kind orders them.
func CompareKeys(a, b Key) int {
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	return a.compare(b)
}

// ParseKey reads what a key's String wrote. The error quotes the text and names the forms that exist.
func ParseKey(text string) (Key, error) {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "timeouts":
		if rest == "" && word == text {
			return TimeoutsKey{}, nil
		}
	case "sync":
		r, err := ParseRole(rest)
		return SyncDaemonKey{r}, err
	case "module", "link", "sysctl", "neighbour", "arp_filter", "address", "mark_rule", "masquerade_rule":
		return parseHostKey(text, word, rest)
	}
	return parseTableKey(text)
}

// LiveName is the address of an object that no configuration names: live.tcp["192.0.2.10:443"].server["10.0.0.11:80"],
// live.address["eth0 192.0.2.10/32"].
func LiveName(k Key) string {
	switch k := k.(type) {
	case ServiceKey:
		return "live." + ListenerName(k)
	case DestinationKey:
		return LiveName(k.Service) + ServerName(k.Address.String())
	case SyncDaemonKey:
		return "live.sync_daemon[" + strconv.Quote(k.Role.String()) + "]"
	case TimeoutsKey:
		return "live.timeouts"
	}
	_, rest, _ := strings.Cut(k.String(), " ")
	return "live." + k.Kind().String() + "[" + strconv.Quote(rest) + "]"
}
