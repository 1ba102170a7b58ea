package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// canAsk refuses to begin what nobody is there to approve.
func (p *program) canAsk(may approval) error {
	switch {
	case may.auto:
		return nil
	case may.json:
		return errors.New("--json asks nobody: give --auto-approve, or a plan that \"lvsform plan --out\" saved")
	case !p.inTerminal:
		return errors.New("standard input is not a terminal, so nobody can approve: give --auto-approve, or a plan that \"lvsform plan --out\" saved")
	}
	return nil
}

// ask asks for approval; anything but "yes" is an error.
func (p *program) ask(ctx context.Context) error {
	fmt.Fprintf(p.err, "\n%s\n  lvsform will perform the actions described above.\n  Only 'yes' will be accepted to approve.\n\n  %s ",
		p.paint(p.err, sgrBold, "Do you want to perform these actions?"), p.paint(p.err, sgrBold, "Enter a value:"))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.in).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.err)
		return errors.New("interrupted: nothing was changed")
	case text := <-answer:
		fmt.Fprintln(p.err)
		if text != "yes" {
			return errors.New("not approved: nothing was changed")
		}
	}
	return nil
}
