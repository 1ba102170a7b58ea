package plan

import (
	"fmt"
	"strconv"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// announceJSON is how often an address is announced, and the time between.
type announceJSON struct {
	Count    int     `json:"count"`
	Interval seconds `json:"interval_seconds"`
}

func announced(a spec.Announce) *announceJSON {
	if a == (spec.Announce{}) {
		return nil
	}
	return &announceJSON{a.Count, seconds(a.Interval)}
}

func (a *announceJSON) announce() spec.Announce {
	if a == nil {
		return spec.Announce{}
	}
	return spec.Announce{Count: a.Count, Interval: time.Duration(a.Interval)}
}

// seconds is a duration as an exact decimal number of seconds.
type seconds time.Duration

func (s seconds) MarshalJSON() ([]byte, error) {
	whole, rest := time.Duration(s)/time.Second, time.Duration(s)%time.Second
	text := strconv.FormatInt(int64(whole), 10)
	if rest > 0 {
		digits := strconv.FormatInt(int64(time.Second+rest), 10)
		text += "." + digits[1:]
	}
	return []byte(text), nil
}

func (s *seconds) UnmarshalJSON(text []byte) error {
	d, err := time.ParseDuration(string(text) + "s")
	if err != nil || d < 0 {
		return fmt.Errorf("drain_seconds, interval_seconds: %s is not a number of seconds that a wait can have", text)
	}
	*s = seconds(d)
	return nil
}
