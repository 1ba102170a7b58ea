package rules

import (
	"slices"
	"strings"
)

// program reads a line that names the program which carries it out.
func (r *reader) program(words []word) error {
	first := words[0]
	own := r.before(words)
	switch name := base(own[0]); {
	case name == "ipvsadm" && len(own) > 1:
		return r.ipvsadm(own[1:], false)
	case name == "ipvsadm":
		return nil // lists
	case name == "ipvsadm-restore":
		return r.restore(own)
	case !r.ended && r.printed:
		return unended(first.place)
	case isBeside(own):
		r.note(own[0].place, "%s is not about the table: what it does is left out", name)
		return nil
	case first.text == "set":
		return shellSet(words)
	case first.text == "true", first.text == ":":
		return nil
	case first.text == "exit" && (len(words) == 1 || len(words) == 2 && words[1].text == "0"):
		r.exited = first.place
		return nil
	}
	return first.errorf("%s", notOurs(words))
}

// isBeside says that a command is about the host around the table: what a script of "lvsform export" has, and many others.
func isBeside(own []word) bool {
	switch base(own[0]) {
	case "modprobe", "sysctl":
		return true
	case "ip":
		return len(own) > 2 && slices.Contains([]string{"addr", "address", "link", "neigh", "neighbour", "fou"}, own[1].text)
	}
	return false
}

func base(w word) string { return w.text[strings.LastIndexByte(w.text, '/')+1:] }

// before takes away what may stand before a program's name: variables, env, sudo, and ip netns exec, which says whose
// table it is.
func (r *reader) before(words []word) []word {
	for rest := words; ; {
		assigns := isAssignment(rest[0].text)
		switch name := base(rest[0]); {
		case len(rest) > 1 && (assigns || name == "env"):
			rest = rest[1:]
		case len(rest) > 1 && name == "sudo":
			for rest = rest[1:]; len(rest) > 1 && len(strings.Trim(rest[0].text, "-nEHSk")) == 0; {
				rest = rest[1:]
			}
		case len(rest) > 4 && name == "ip" && rest[1].text == "netns" && rest[2].text == "exec":
			r.space = rest[3].text
			rest = rest[4:]
		default:
			return rest
		}
	}
}

func isAssignment(text string) bool {
	name, _, found := strings.Cut(text, "=")
	return found && isHostName(name) && !strings.ContainsAny(name, ".-")
}

// restore is ipvsadm-restore, which looks at no option, and empties the table first.
func (r *reader) restore(words []word) error {
	at := words[0].place
	for words = words[1:]; len(words) > 0 && strings.HasPrefix(words[0].text, "-"); {
		words = words[1:]
	}
	if len(words) == 0 || words[0].text != "<<" || !words[0].raw {
		return at.errorf("ipvsadm-restore reads another text: give that one")
	}
	r.commands = append(r.commands, command{place: at, does: "clear", space: r.space})
	return r.begins(words, true)
}

func notOurs(words []word) string {
	first := words[0].text
	switch first {
	case "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "[", "[[", "!":
		return "a loop or condition of the shell: write the commands that it carries out"
	case ".", "source":
		return "another script: write the ipvsadm commands that it carries out"
	}
	switch {
	case slices.ContainsFunc(words, func(w word) bool { return base(w) == "ipvsadm" }):
		return quote(first) + " runs ipvsadm in a way that is not known here: write the ipvsadm command alone"
	case isAssignment(first):
		return "a variable: write its value where it is used"
	}
	return quote(first) + " is not ipvsadm, nor a line of its output: leave the line out if it does nothing to the table"
}

// shellSet takes the shell's set, if it has options alone and the shell goes on carrying commands out.
func shellSet(words []word) error {
	names := []string{"pipefail", "errexit", "nounset", "xtrace", "verbose"}
	for _, w := range words[1:] {
		isOption := strings.HasPrefix(w.text, "-") || strings.HasPrefix(w.text, "+")
		switch {
		case w.text == "noexec", strings.HasPrefix(w.text, "-") && !strings.HasPrefix(w.text, "--") && strings.Contains(w.text, "n"):
			return w.errorf("set -n: the shell carries out nothing of what follows")
		case !isOption && !slices.Contains(names, w.text):
			return w.errorf("%s", notOurs(words))
		}
	}
	return nil
}
