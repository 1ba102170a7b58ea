package spec

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// JSONError is what the JSON reader found wrong with the text, in plain words: where it is no JSON, by line and column, or what
// stands there instead of what. Errors that say it themselves stay as they are.
func JSONError(text []byte, err error) error {
	switch e := err.(type) {
	case *json.SyntaxError:
		return notJSON(text, e)
	case *json.UnmarshalTypeError:
		what := "it"
		if e.Field != "" {
			what = fmt.Sprintf("%q", e.Field)
		}
		return fmt.Errorf("%s is %s, and must be %s", what, found(e.Value), wanted(e.Type))
	case nil:
		return nil
	}
	if plain, ok := strings.CutPrefix(err.Error(), "json: "); ok {
		return errors.New(plain)
	}
	return err
}

func notJSON(text []byte, e *json.SyntaxError) error {
	before := text[:min(max(e.Offset-1, 0), int64(len(text)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("it is empty")
	case e.Offset >= int64(len(text)) && strings.HasPrefix(e.Error(), "unexpected end"):
		return fmt.Errorf("it is cut short in line %d", line)
	}
	return fmt.Errorf("it is not JSON: line %d, column %d: %w", line, len(before)-bytes.LastIndexByte(before, '\n'), e)
}

// found is a value of the JSON reader's: a sort of value, or "number 300" for one that is out of range.
func found(value string) string {
	words := map[string]string{"string": "text", "number": "a number", "bool": "true or false", "array": "a list", "object": "an object"}
	if word, ok := words[value]; ok {
		return word
	}
	return strings.TrimPrefix(value, "number ")
}

func wanted(t reflect.Type) string {
	if text := reflect.TypeFor[encoding.TextUnmarshaler](); t.Implements(text) || reflect.PointerTo(t).Implements(text) {
		return "text"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<t.Bits()-1)
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
