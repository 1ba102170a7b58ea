package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// ipvsadmText is a plan as commands that can be pasted into a shell, in order and one on each line, or the way back from it.
// What is not a command is a comment: a wait, which the shell does not do, an import, a warning. "set -e" would end the
// shell that a person pastes into, and so it is not there. The error names the objects that ipvsadm cannot do.
func ipvsadmText(made *plan.Plan, undo bool) ([]byte, error) {
	var b bytes.Buffer
	steps := made.Changes
	if undo {
		steps = steps.Inverse()
	}
	head(&b, made, steps, undo)
	oddities(&b, made, steps, undo)
	var no refusals
	left := unfiltered{}
	for _, batch := range steps.Batches() {
		for _, s := range batch {
			switch {
			case s.Drain > 0:
				comment(&b, "wait until %s has no active connections, at most %s", s.Key, s.Drain)
			case undo && s.Action() == plan.Delete && s.Key.Kind() == spec.KindDestination:
				comment(&b, "connections of %s break here: undoing does not wait for them", s.Key)
			}
		}
		for _, s := range batch {
			if !s.Key.Kind().Table() {
				left.around(&b, s.Change, made.Name(s.Key))
				continue
			}
			args, err := rules.Command(s.Change)
			no.add(made.Name(s.Key), err)
			shellLine(&b, ipvsadmWords(args))
		}
	}
	return b.Bytes(), no.join()
}

// oddities warns of what not every ipvsadm does, and of what none can take back.
func oddities(b *bytes.Buffer, made *plan.Plan, steps plan.Changeset, undo bool) {
	heavy := map[spec.Key]bool{}
	for _, s := range steps {
		if rules.Heavy(s.After) {
			heavy[s.Key] = true
		}
	}
	if len(heavy) > 0 {
		comment(b, "Warning: %s", heavyWeights(len(heavy)))
	}
	if undo {
		return
	}
	var no refusals
	for _, s := range steps.Inverse() {
		if !s.Key.Kind().Table() {
			continue
		}
		_, err := rules.Command(s.Change)
		no.add(made.Name(s.Key), err)
	}
	if err := no.join(); err != nil {
		comment(b, "Warning: there are no commands for the way back:\n%v", err)
	}
}

// head says what the commands are, and what a shell does otherwise than an apply.
func head(b *bytes.Buffer, made *plan.Plan, steps plan.Changeset, undo bool) {
	command := "apply"
	if undo {
		command = "rollback"
	}
	if slices.ContainsFunc(steps, func(s plan.Step) bool { return s.Drain > 0 || s.Action() == plan.Delete }) {
		comment(b, "A shell does not wait: go line by line at the comments, or let \"lvsform %s\" do it.", command)
		comment(b, "Nor does it stop at a line that fails: look at each before what is deleted next.")
	}
	if undo {
		comment(b, "The way back from a plan for %s: %s.", made.Host.Name, count(len(steps), "step"))
		for _, w := range made.Warnings {
			if strings.HasPrefix(w, "Undoing ") {
				comment(b, "Warning: %s", w)
			}
		}
		return
	}
	comment(b, "Plan for %s: %s.", made.Host.Name, made.Summary())
	if made.Partial {
		comment(b, "Warning: targets or exclusions leave out objects that may differ, too.")
	}
	for _, w := range made.Warnings {
		comment(b, "Warning: %s", w)
	}
	for _, k := range made.Adopted {
		comment(b, "%s will be imported: it is there, and becomes lvsform's with an apply", k)
	}
}

// comment writes a sentence for a shell to pass over, whatever is in it.
func comment(b *bytes.Buffer, format string, args ...any) {
	for line := range strings.Lines(clean(fmt.Sprintf(format, args...))) {
		fmt.Fprintf(b, "# %s\n", strings.TrimSpace(line))
	}
}

// shellLine writes a call of a program.
func shellLine(b *bytes.Buffer, words []string) {
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(shellWord(w))
	}
	b.WriteByte('\n')
}

func ipvsadmWords(args []string) []string { return append([]string{"ipvsadm"}, args...) }

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.,:/@%+=-]+$`)

// shellWord is a word that a shell takes as it is. Brackets of IPv6 addresses would be patterns.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
