package drivertest

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// TableLines are the objects of the table as a person compares them.
func TableLines(s spec.State) []string { return lines(s.Table()) }

// HostLines are the objects around the table as a person compares them.
func HostLines(s spec.State) []string { return lines(s.Host()) }

func lines(s spec.State) (out []string) {
	for _, k := range s.Keys() {
		out = append(out, k.String()+" "+string(spec.EncodeValue(s.Get(k))))
	}
	return out
}

// doer is what both suites need of a driver.
type doer interface {
	Do(ctx context.Context, changes []plan.Change) []plan.Result
}

// results does changes, each of which must have one.
func results(t *testing.T, d doer, changes ...plan.Change) []plan.Result {
	t.Helper()
	return resultsOf(t.Context(), t, d, changes)
}

func resultsOf(ctx context.Context, t *testing.T, d doer, changes []plan.Change) []plan.Result {
	t.Helper()
	got := d.Do(ctx, changes)
	if len(got) != len(changes) {
		t.Fatalf("%d results of %d changes", len(got), len(changes))
	}
	return got
}

// cancelled asks for changes when the context has ended. That nothing changes, the next check tells.
func cancelled(t *testing.T, d doer, changes ...plan.Change) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i, r := range resultsOf(ctx, t, d, changes) {
		if !errors.Is(r.Err, context.Canceled) || r.Unknown {
			t.Errorf("%s: %+v, want that it was cancelled and not done", changes[i], r)
		}
	}
}

// isRefusal: a refusal says of which object and operation it is.
func isRefusal(t *testing.T, c plan.Change, got plan.Result, want syscall.Errno) {
	t.Helper()
	refusal, ok := errors.AsType[*spec.Refusal](got.Err)
	switch {
	case !ok || got.Unknown:
		t.Errorf("%s %s: %+v, want a refusal with %s", c, spec.EncodeValue(c.After), got, spec.ErrnoName(want))
	case refusal.Key != c.Key || refusal.Op != c.Action().String() || refusal.Errno != want || !errors.Is(got.Err, want):
		t.Errorf("%s %s: %v, want %s", c, spec.EncodeValue(c.After), got.Err, spec.ErrnoName(want))
	case !strings.Contains(got.Err.Error(), c.String()):
		t.Errorf("%s: the error does not say so: %v", c, got.Err)
	}
}
