package hclspec

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// known are the words for the ports that everybody knows, in the order of the ports; ports of one family that are not
// the same service give the family's name. Other ports beside them say nothing.
func known(listens []writtenListen) (words []string) {
	var families []string
	for _, l := range listens {
		for _, port := range l.ports {
			n, ok := wellKnown[listenPort{l.protocol, port}]
			if !ok {
				continue
			}
			if i := slices.Index(families, n.family); i < 0 {
				families, words = append(families, n.family), append(words, n.name)
			} else if words[i] != n.name {
				words[i] = n.family
			}
		}
	}
	return words
}

type listenPort struct {
	protocol spec.Protocol
	port     uint16
}

type portName struct{ name, family string }

// wellKnown is never changed.
var wellKnown = map[listenPort]portName{
	{spec.TCP, 80}:  {"http", "web"},
	{spec.TCP, 443}: {"https", "web"},
	{spec.UDP, 443}: {"quic", "web"},

	{spec.TCP, 25}:  {"smtp", "mail"},
	{spec.TCP, 465}: {"smtps", "mail"},
	{spec.TCP, 587}: {"submission", "mail"},
	{spec.TCP, 110}: {"pop3", "mail"},
	{spec.TCP, 995}: {"pop3s", "mail"},
	{spec.TCP, 143}: {"imap", "mail"},
	{spec.TCP, 993}: {"imaps", "mail"},

	{spec.TCP, 53}:    {"dns", "dns"},
	{spec.UDP, 53}:    {"dns", "dns"},
	{spec.TCP, 853}:   {"dot", "dns"},
	{spec.UDP, 853}:   {"doq", "dns"},
	{spec.UDP, 123}:   {"ntp", "ntp"},
	{spec.UDP, 69}:    {"tftp", "tftp"},
	{spec.TCP, 514}:   {"syslog", "syslog"},
	{spec.UDP, 514}:   {"syslog", "syslog"},
	{spec.TCP, 6514}:  {"syslog", "syslog"},
	{spec.UDP, 1812}:  {"radius", "radius"},
	{spec.UDP, 1813}:  {"radius", "radius"},
	{spec.TCP, 389}:   {"ldap", "ldap"},
	{spec.TCP, 636}:   {"ldaps", "ldap"},
	{spec.TCP, 21}:    {"ftp", "ftp"},
	{spec.TCP, 22}:    {"ssh", "ssh"},
	{spec.TCP, 3389}:  {"rdp", "rdp"},
	{spec.UDP, 3389}:  {"rdp", "rdp"},
	{spec.TCP, 6443}:  {"kubernetes", "kubernetes"},
	{spec.TCP, 5060}:  {"sip", "sip"},
	{spec.UDP, 5060}:  {"sip", "sip"},
	{spec.SCTP, 5060}: {"sip", "sip"},
	{spec.TCP, 5061}:  {"sips", "sip"},
	{spec.TCP, 3868}:  {"diameter", "diameter"},
	{spec.SCTP, 3868}: {"diameter", "diameter"},
	{spec.TCP, 3306}:  {"mysql", "mysql"},
	{spec.TCP, 5432}:  {"postgres", "postgres"},
	{spec.TCP, 6379}:  {"redis", "redis"},
	{spec.TCP, 11211}: {"memcached", "memcached"},
	{spec.TCP, 27017}: {"mongodb", "mongodb"},
	{spec.TCP, 9092}:  {"kafka", "kafka"},
	{spec.TCP, 5672}:  {"amqp", "amqp"},
	{spec.TCP, 5671}:  {"amqps", "amqp"},
	{spec.TCP, 1883}:  {"mqtt", "mqtt"},
	{spec.TCP, 8883}:  {"mqtts", "mqtt"},
}
