//go:build linux

package ipvsadm

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

// cannot says why this very program cannot make the object, though others can.
func (p *program) cannot(k spec.Key, v spec.Value) error {
	if !rules.Heavy(v) {
		return nil
	}
	if !p.weighed {
		p.weighed, p.light = true, p.weigh()
	}
	if p.light == "" {
		return nil
	}
	return &rules.LimitError{Key: k, Why: p.light}
}

// weigh asks the program whether it takes heavy weights. It changes nothing: a program that does not complain about the
// weight, which comes first, complains about an option that it does not know.
func (p *program) weigh() (why string) {
	args := []string{"-a", "-w", strconv.Itoa(rules.CommonWeight + 1), markerOption + "0"}
	var said bytes.Buffer
	err := p.run(context.Background(), job{args: args, said: keep(&said, mostWords), patience: p.patience})
	why = fmt.Sprintf("a weight above %d", rules.CommonWeight)
	switch words := said.String(); {
	case strings.Contains(words, "illegal weight"):
		return why + ", as Debian's build does"
	case strings.Contains(words, markerOption) && gaveUp(err):
		return ""
	case err == nil:
		return why + ", or does not say whether it can"
	default:
		return fmt.Sprintf("%s, or does not say whether it can (%v)", why, p.explain(err, words, args...))
	}
}
