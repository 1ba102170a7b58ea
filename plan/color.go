package plan

// palette colours text for a terminal, or leaves it alone. Colour never says what the text does not say too.
type palette struct{ on bool }

// The SGR codes in use.
const (
	sgrBold   = "1"
	sgrRed    = "31"
	sgrGreen  = "32"
	sgrYellow = "33"
	sgrCyan   = "36"
	sgrGray   = "90"
)

func (p palette) paint(code, text string) string {
	if !p.on || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// sign is the symbol of an action in its colour.
func (p palette) sign(a Action) string {
	code := sgrYellow
	switch a {
	case Create:
		code = sgrGreen
	case Delete:
		code = sgrRed
	}
	return p.paint(code, string(rune(a)))
}
