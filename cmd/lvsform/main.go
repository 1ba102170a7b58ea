// Command lvsform is plan and apply for Linux Virtual Server. Flags, terminal, signals, exit codes and systemd live
// here, and no rule about LVS. Start at run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// version is set by the linker.
var version = "devel"

func main() {
	// A short life and much that is kept: collecting seldom saves a sixth of the time, up to a bound for the memory.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(1 << 30)
	}
	e := system()
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A reader that goes away must not kill an apply half-way: writing to it fails, and the apply goes on. Were the signal
	// ignored, so it would be in ipvsadm, which is to end when nobody hears it any more.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		s := <-signals
		if e.progress.quit() {
			fmt.Fprintln(os.Stderr, "\nlvsform: interrupted: nothing was changed")
			e.progress.kill()
			os.Exit(exitError)
		}
		cancel(interrupted{s.String()})
		for s = range signals {
			if s != syscall.SIGHUP { // which a terminal that goes away may send twice
				e.progress.kill()
				os.Exit(exitNeither)
			}
		}
	}()
	os.Exit(run(ctx, os.Args[1:], e))
}
