package rules

import "slices"

// onlySaved keeps commands from being taken for a dump's if one of the source's is not.
func onlySaved(commands []command) {
	if !slices.ContainsFunc(commands, func(c command) bool { return !c.saved }) {
		return
	}
	for i := range commands {
		commands[i].saved = false
	}
}

// asSaved says that a line is written as -S writes it, of version 1.26 or later: each option in its short form and its
// place, with its value behind it, and none left out that is always there.
func asSaved(words []word) bool {
	p := pattern{words}
	switch adds := p.option("-A"); {
	case !adds && !p.option("-a"), !p.value("-t", "-u", "--sctp-service", "-f"):
		return false
	case adds:
		_ = p.option("-6")
		return p.value("-s") && p.service()
	}
	_ = p.option("-6")
	return p.value("-r") && p.option("-g", "-i", "-m") && p.value("-w") && p.tunnel()
}

// pattern takes words from the beginning of a line.
type pattern struct{ words []word }

// option takes one of the words.
func (p *pattern) option(names ...string) bool {
	if len(p.words) == 0 || !p.words[0].raw || !slices.Contains(names, p.words[0].text) {
		return false
	}
	p.words = p.words[1:]
	return true
}

// value takes one of the words and what follows it.
func (p *pattern) value(names ...string) bool {
	if len(p.words) < 2 || !p.option(names...) {
		return false
	}
	p.words = p.words[1:]
	return true
}

// service takes the options of a service behind its scheduler, to the end.
func (p *pattern) service() bool {
	if p.value("-p") {
		_ = p.value("-M")
	}
	_ = p.value("--pe", "pe")
	_ = p.option("-o", "ops")
	if !p.value("-b") {
		_ = p.option("-b") // flag-3 of sh, which has no name
	}
	return len(p.words) == 0
}

// tunnel takes the options of a tunnel, to the end.
func (p *pattern) tunnel() bool {
	if p.value("--tun-type") {
		_ = p.value("--tun-port")
		_ = p.option("--tun-nocsum", "--tun-csum", "--tun-remcsum")
	}
	return len(p.words) == 0
}
