package keepalived

import "strings"

const mostBlocks = 32 // one inside another

// statement is a line, and the block behind it.
type statement struct {
	words []string
	place Place
	// block is nil if there are no braces, and not nil but empty if there is nothing between them.
	block []statement
}

func (s statement) keyword() string { return s.words[0] }

// name is the keyword in messages. What does not look like one may be a secret, and is not shown.
func (s statement) name() string {
	if !keywordLike(s.keyword()) {
		return noKeyword
	}
	return s.keyword()
}

// label names a statement that has a part in the table, with the values that say which one it is. What else stands there may
// be a secret.
func (s statement) label() string {
	most := 2
	switch s.keyword() {
	case "virtual_server", "real_server", "sorry_server":
		most = 3
	case "lvs_timeouts":
		most = 1
	}
	return strings.ReplaceAll(strings.Join(s.words[:min(most, len(s.words))], " "), marker, "$")
}

// blocks reads all files.
func (r *reader) blocks() ([]statement, error) {
	open := [][]statement{nil}
	for {
		text, ok, err := r.line()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if open, err = r.add(open, text); err != nil {
			return nil, err
		}
	}
	if len(open) > 1 {
		outer := open[len(open)-2]
		s := outer[len(outer)-1]
		return nil, errorAt(s.place, "the block of %s is not closed: write a }", s.name())
	}
	return open[0], nil
}

// add puts a line into the innermost of the open blocks.
func (r *reader) add(open [][]statement, text string) ([][]statement, error) {
	last := len(open) - 1
	switch text {
	case "{":
		n := len(open[last])
		if n == 0 || open[last][n-1].block != nil {
			return nil, errorAt(r.place, "there is nothing that this { belongs to: remove it")
		}
		if len(open) > mostBlocks {
			return nil, errorAt(r.place, "more than %d blocks are one inside another: remove some", mostBlocks)
		}
		return append(open, []statement{}), nil
	case "}":
		if last == 0 {
			return nil, errorAt(r.place, "there is no block that this } closes: remove it")
		}
		outer := open[last-1]
		outer[len(outer)-1].block = open[last]
		return open[:last], nil
	}
	list, ok := words(text)
	if !ok {
		return nil, errorAt(r.place, "a double quote is not closed: close it on the same line")
	}
	if len(list) == 0 {
		return open, nil
	}
	if list[0] == "include_check" {
		r.setCheck(list[1:])
	}
	open[last] = append(open[last], statement{words: list, place: r.place})
	return open, nil
}
