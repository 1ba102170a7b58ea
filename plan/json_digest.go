package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON saves the plan as the file that Decode reads: indented, the same for the same plan, and sealed by a digest
// of everything in it. The digest finds out edits; it does not say who made the plan.
func (p *Plan) WriteJSON(w io.Writer) error {
	text, err := p.encode()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err = w.Write(b.Bytes())
	return err
}

// MarshalJSON is what WriteJSON writes, on one line. Decode reads either, and one that was formatted anew as long as
// the order of the members is kept.
func (p *Plan) MarshalJSON() ([]byte, error) { return p.encode() }

func (p *Plan) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p.document()); err != nil {
		return nil, err
	}
	return seal(quiet(bytes.TrimSuffix(b.Bytes(), []byte("\n")))), nil
}

// seal adds the digest as the last member of an object that has others.
func seal(text []byte) []byte {
	sum := digest(text)
	return append(text[:len(text)-1:len(text)-1], sealOf(sum)...)
}

func sealOf(sum string) string { return `,"digest":"` + sum + `"}` }

// sealed says whether an object ends in the digest of its other members.
func sealed(text []byte) bool {
	var b bytes.Buffer
	b.Grow(len(text))
	if json.Compact(&b, text) != nil {
		return false
	}
	compact := b.Bytes()
	i := bytes.LastIndex(compact, []byte(`,"digest":`))
	if i < 0 {
		return false
	}
	seal := string(compact[i:])
	return seal == sealOf(digest(append(compact[:i], '}')))
}

// digest is over the compact text, written as json.Marshal writes it and quiet: other programs escape less.
func digest(text []byte) string {
	var b bytes.Buffer
	b.Grow(len(text) + len(text)/8)
	json.HTMLEscape(&b, text)
	sum := sha256.Sum256(quiet(b.Bytes()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// quiet is JSON that does nothing to a terminal: encoding/json escapes the control characters below the blank alone.
func quiet(text []byte) []byte {
	if bytes.IndexFunc(text, loud) < 0 {
		return text
	}
	var out []byte
	for len(text) > 0 {
		i := bytes.IndexFunc(text, loud)
		if i < 0 {
			break
		}
		r, n := utf8.DecodeRune(text[i:])
		out = append(out, text[:i]...)
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
		text = text[i+n:]
	}
	return append(out, text...)
}

func loud(r rune) bool { return r >= 0x7f && r != utf8.RuneError && !strconv.IsPrint(r) }
