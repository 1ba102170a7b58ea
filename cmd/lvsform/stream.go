package main

import (
	"encoding/json"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// message is one line of "apply --json"; the keys are OpenTofu's.
type message struct {
	Level     string          `json:"@level"`
	Text      string          `json:"@message"`
	Module    string          `json:"@module"`
	Timestamp time.Time       `json:"@timestamp"`
	Type      string          `json:"type"`
	Version   string          `json:"lvsform,omitempty"`
	Change    *changeLine     `json:"change,omitempty"`
	Changes   *changesLine    `json:"changes,omitempty"`
	Hook      *hookLine       `json:"hook,omitempty"`
	Diag      *diagnosticLine `json:"diagnostic,omitempty"`
}

type resourceLine struct {
	Addr string `json:"addr"`
	Type string `json:"resource_type"`
	Name string `json:"resource_name"`
}

type changeLine struct {
	Resource resourceLine `json:"resource"`
	Action   string       `json:"action"`
}

type changesLine struct {
	plan.Summary
	Operation string `json:"operation"`
}

type hookLine struct {
	Resource resourceLine `json:"resource,omitzero"`
	Action   string       `json:"action,omitempty"`
	Elapsed  float64      `json:"elapsed_seconds,omitempty"`
	Active   uint32       `json:"active_connections,omitempty"`
	Undo     bool         `json:"undo,omitempty"`
}

type diagnosticLine struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	ExitCode int    `json:"exit_code"`
}

func (p *program) line(m message) error {
	m.Module, m.Timestamp = "lvsform", time.Now().UTC()
	if m.Level == "" {
		m.Level = "info"
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.data(append(text, '\n'))
}

func resource(made *plan.Plan, k spec.Key) resourceLine {
	return resourceLine{made.Name(k), k.Kind().String(), k.String()}
}

// planned tells of the plan before it is done.
func (p *program) planned(made *plan.Plan) error {
	if err := p.line(message{Type: "version", Text: "lvsform " + version, Version: version}); err != nil {
		return err
	}
	for _, k := range made.Adopted {
		if err := p.line(message{Type: "planned_change", Text: made.Name(k) + ": Plan to import", Change: &changeLine{resource(made, k), "import"}}); err != nil {
			return err
		}
	}
	for _, c := range made.Changes.Objects() {
		action := c.Action().String()
		if err := p.line(message{Type: "planned_change", Text: made.Name(c.Key) + ": Plan to " + action, Change: &changeLine{resource(made, c.Key), action}}); err != nil {
			return err
		}
	}
	s := made.Summary()
	return p.line(message{Type: "change_summary", Text: "Plan: " + s.String(), Changes: &changesLine{s, "plan"}})
}

// event tells of a step or a drain. What cannot be written does not stop the run; it is an error in the end.
func (p *program) event(made *plan.Plan, e apply.Event) {
	m := message{Hook: &hookLine{Undo: e.Undo, Elapsed: e.Elapsed.Seconds(), Active: e.Active}}
	switch e.Kind {
	case apply.EventStep:
		m.Type = "apply_complete"
		m.Hook.Resource, m.Hook.Action = resource(made, e.Step.Key), e.Step.Action().String()
		m.Text = made.Name(e.Step.Key) + ": " + m.Hook.Action + " done"
		if e.Err != nil {
			m.Type, m.Level, m.Text = "apply_errored", "error", e.Err.Error()
		}
	case apply.EventDrain:
		m.Type, m.Text = "apply_progress", "still draining "+count(e.Steps, "server")
	case apply.EventDrained:
		m.Type, m.Text = "drain_complete", made.Name(e.Key)+": drained"
		m.Hook.Resource = resource(made, e.Key)
	case apply.EventDeadline:
		m.Type, m.Level, m.Text = "drain_deadline", "warn", made.Name(e.Key)+": waited for no longer"
		m.Hook.Resource = resource(made, e.Key)
	case apply.EventCut:
		m.Type, m.Level, m.Text = "connections_cut", "warn", made.Name(e.Key)+": it goes with "+count(int(e.Active), "active connection")
		m.Hook.Resource = resource(made, e.Key)
	case apply.EventAnnounce:
		m.Type, m.Text = "announced", made.Name(e.Address)+": announced"
		m.Hook.Resource = resource(made, e.Address)
	case apply.EventUndo:
		m.Type, m.Level, m.Text = "undo_start", "error", "undoing "+count(e.Steps, "step")+": "+e.Err.Error()
	}
	_ = p.line(m)
}

// finished is the last line.
func (p *program) finished(made *plan.Plan, err error) {
	if err != nil {
		_ = p.line(message{Type: "diagnostic", Level: "error", Text: err.Error(), Diag: &diagnosticLine{"error", err.Error(), exitCode(err)}})
		return
	}
	s := made.Summary()
	_ = p.line(message{Type: "change_summary", Text: "Apply complete! " + result(s), Changes: &changesLine{s, "apply"}})
}
