//go:build linux

package drivertest

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// SiteReport is what came of a Load.
type SiteReport struct {
	Attempts []Attempt     // new connections, in the order of their ends
	Held     int           // connections held, the replaced ones too
	Broken   []Attempt     // those of them that broke
	Stall    time.Duration // the longest wait for the answer to a ping
	// Late is by how much the machine, which has other work, kept the clients waiting: packets that were sent again after a
	// second prove nothing where this is long.
	Late time.Duration
}

// Attempt is a connection: when it was begun and ended, and how.
type Attempt struct {
	From, To time.Time
	Service  netip.AddrPort
	Server   string // that answered
	Retried  bool   // see SiteSession
	Err      error
}

// Outcome is a word for how an attempt ended.
func (a Attempt) Outcome() string {
	switch {
	case a.Err == nil && a.Retried:
		return "retried"
	case a.Err == nil:
		return "answered"
	case errors.Is(a.Err, unix.ECONNREFUSED):
		return "refused"
	case errors.Is(a.Err, unix.ECONNRESET), errors.Is(a.Err, unix.EPIPE):
		return "reset"
	case errors.Is(a.Err, os.ErrDeadlineExceeded):
		return "timed out"
	case errors.Is(a.Err, unix.EHOSTUNREACH), errors.Is(a.Err, unix.ENETUNREACH):
		return "unreachable"
	}
	return a.Err.Error()
}

// Since leaves only the attempts begun after a moment.
func (r SiteReport) Since(t time.Time) SiteReport {
	r.Attempts = slices.DeleteFunc(slices.Clone(r.Attempts), func(a Attempt) bool { return a.From.Before(t) })
	return r
}

// Until leaves only the attempts that had ended at a moment.
func (r SiteReport) Until(t time.Time) SiteReport {
	r.Attempts = slices.DeleteFunc(slices.Clone(r.Attempts), func(a Attempt) bool { return a.To.After(t) })
	return r
}

// Outcomes counts the new connections by Outcome.
func (r SiteReport) Outcomes() map[string]int {
	all := map[string]int{}
	for _, a := range r.Attempts {
		all[a.Outcome()]++
	}
	return all
}

// Servers counts the answered connections by server.
func (r SiteReport) Servers() map[string]int {
	all := map[string]int{}
	for _, a := range r.Attempts {
		if a.Err == nil {
			all[a.Server]++
		}
	}
	return all
}

// Failed are the new connections that were not answered.
func (r SiteReport) Failed() []Attempt {
	return slices.DeleteFunc(slices.Clone(r.Attempts), func(a Attempt) bool { return a.Err == nil })
}

// Trouble counts the new connections that were not answered at once.
func (r SiteReport) Trouble() int { return len(r.Attempts) - r.Outcomes()["answered"] }

// String is the report in a few words.
func (r SiteReport) String() string {
	broken := map[string]int{}
	for _, b := range r.Broken {
		broken[b.Outcome()+" at "+b.Server]++
	}
	return fmt.Sprintf("%d new: %s (%s); %d held, %d broken %s, longest ping %v, late by %v",
		len(r.Attempts), count(r.Outcomes()), count(r.Servers()), r.Held, len(r.Broken), count(broken), r.Stall.Round(time.Millisecond),
		r.Late.Round(time.Millisecond))
}

func count(all map[string]int) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		words = append(words, fmt.Sprintf("%d %s", all[name], name))
	}
	return strings.Join(words, ", ")
}
