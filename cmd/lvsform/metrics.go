package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// check is one comparison of a node with its configuration; without a plan it failed.
type check struct {
	plan  *plan.Plan
	err   error
	start time.Time
	took  time.Duration
}

const lastSuccess = "lvsform_check_last_success_timestamp_seconds"

// writeMetrics replaces the file for the textfile collector, which may read it at any time.
func writeMetrics(path string, c check) error {
	if err := replaceFile(path, []byte(c.metrics(previousSuccess(path)))); err != nil {
		return fmt.Errorf("writing metrics: %w", err)
	}
	return nil
}

// previousSuccess is the time in the file that is about to be replaced: a check that fails must not lose it. A pipe has none.
func previousSuccess(path string) string {
	if regular(path) != nil {
		return "0"
	}
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, lastSuccess+" "); ok {
			if _, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				return strings.TrimSpace(value)
			}
		}
	}
	return "0"
}

// metrics is the text of the file. What is zero is written, too: an alert must be able to see it.
func (c check) metrics(success string) string {
	var b strings.Builder
	metric := func(name, help string, samples ...string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
		for _, s := range samples {
			fmt.Fprintf(&b, "%s%s\n", name, s)
		}
	}
	ok := "0"
	if c.err == nil {
		ok, success = "1", seconds(c.start)
	}
	metric("lvsform_build_info", "The version of lvsform.", fmt.Sprintf("{version=%q,goversion=%q} 1", version, runtime.Version()))
	if c.plan != nil {
		metric("lvsform_config_info", "The configuration that the node was compared with.",
			fmt.Sprintf("{node=%s,digest=%q} 1", label(c.plan.Host.Name), c.plan.Config))
		metric("lvsform_drift_objects", "Objects that an apply would add, change or destroy.", c.drifts()...)
		metric("lvsform_unmanaged_objects", "Objects of the node that no configuration declares.", c.unmanaged()...)
	}
	metric("lvsform_check_success", "Whether the last comparison could be made.", " "+ok)
	metric("lvsform_check_duration_seconds", "How long the last comparison took.", " "+strconv.FormatFloat(c.took.Seconds(), 'f', 3, 64))
	metric("lvsform_check_last_run_timestamp_seconds", "When the last comparison began.", " "+seconds(c.start))
	metric(lastSuccess, "When the last comparison began that could be made.", " "+success)
	return b.String()
}

func seconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}

// label is a label's value: the format has escapes for three characters only.
func label(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(clean(s)) + `"`
}

// counted is a kind by the name that people give it.
func counted(k spec.Kind) string {
	switch k {
	case spec.KindDestination:
		return "server"
	case spec.KindTimeouts:
		return "timeout"
	case spec.KindSyncDaemon:
		return "sync"
	}
	return k.String()
}

func (c check) drifts() (samples []string) {
	type drift struct {
		kind   spec.Kind
		action plan.Action
	}
	n := map[drift]int{}
	for _, o := range c.plan.Changes.Objects() {
		n[drift{o.Key.Kind(), o.Action()}]++
	}
	actions := []struct {
		action plan.Action
		name   string
	}{{plan.Create, "add"}, {plan.Update, "change"}, {plan.Delete, "destroy"}}
	for _, k := range spec.Kinds() {
		for _, a := range actions {
			samples = append(samples, fmt.Sprintf("{kind=%q,action=%q} %d", counted(k), a.name, n[drift{k, a.action}]))
		}
	}
	return samples
}

func (c check) unmanaged() (samples []string) {
	n := map[spec.Kind]int{}
	for _, k := range c.plan.Unmanaged {
		n[k.Kind()]++
	}
	for _, k := range []spec.Kind{spec.KindService, spec.KindSyncDaemon} {
		samples = append(samples, fmt.Sprintf("{kind=%q} %d", counted(k), n[k]))
	}
	return samples
}
