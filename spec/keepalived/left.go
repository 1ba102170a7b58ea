package keepalived

import (
	"strconv"
	"strings"
	"unicode"
)

// Left is something that a person has to know beside the State: what it is, and what became of it. It names statements that
// have a part in the table with their values; of all others it has the keyword alone, because passwords stand in there.
type Left struct {
	Place Place
	Fate  Fate
	// Of is the statement: "virtual_server 192.0.2.10 80".
	Of   string
	Text string
	// Words are the keywords in the statement's block that this is about. Then Text says what they are: "health checks".
	Words []string
}

// Fate is what became of something.
type Fate uint8

// The fates. Missing comes first: the table would be another one with it, or may be.
const (
	// Missing is not in State.
	Missing Fate = iota
	// Taken is in State otherwise than it was written: it was completed, corrected or assumed.
	Taken
	// Beside has no part in a table.
	Beside
)

// String is a sentence without a full stop.
func (l Left) String() string {
	switch {
	case l.Words != nil:
		return l.Text + " of " + l.Of + ": " + strings.Join(l.Words, ", ")
	case l.Of == "":
		return l.Text
	}
	return l.Of + ": " + l.Text
}

// noKeyword stands for what may be anything.
const noKeyword = "a line that is no keyword"

// keywordLike says that a word looks like a keyword: digits stand at its end alone, which is seldom so in a password.
func keywordLike(word string) bool {
	odd := func(r rune) bool { return r > '~' || r != '-' && !isNameByte(byte(r), true) }
	stem := strings.TrimRight(word, "0123456789")
	return stem != "" && len(word) <= 40 && stem[0] != '_' && stem[0] != '-' && !strings.ContainsFunc(stem, odd)
}

// fileName is a name in messages.
func fileName(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return strconv.Quote(name)
	}
	return name
}
