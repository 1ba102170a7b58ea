package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const doctorLong = `Doctor looks for what keeps lvsform from working on this machine, and says how to mend it: the
kernel, the rights, programs and rules of others. With a DIR it also looks whether the kernel has what
the configuration uses, whether there is a way to every real server and what fits through it, and
whether another machine answers for a virtual address, which neighbours are asked for a second.
It changes nothing, and loads no module but ip_vs.`

func (p *program) doctorCommand() *cobra.Command {
	var config configFlags
	var where nodeFlags
	c := &cobra.Command{
		Use: "doctor [DIR]", Short: "Find out what keeps lvsform from working here", Long: doctorLong, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.doctor(c.Context(), args, config, where) },
	}
	config.add(c)
	config.addNode(c)
	where.add(c)
	return c
}

// finding is something that the doctor has seen.
type finding struct {
	// grade is ok, note or broken.
	grade string
	text  string
	// remedy is a command, a package, or a setting.
	remedy string
}

func ok(format string, args ...any) finding {
	return finding{grade: "ok", text: fmt.Sprintf(format, args...)}
}

func note(remedy, format string, args ...any) finding {
	return finding{"note", fmt.Sprintf(format, args...), remedy}
}

func broken(remedy, format string, args ...any) finding {
	return finding{"broken", fmt.Sprintf(format, args...), remedy}
}

func (p *program) doctor(ctx context.Context, dir []string, config configFlags, where nodeFlags) error {
	s, err := p.open(ctx, where) // first: the kernel loads the module when it is asked for
	if err == nil {
		defer s.Close()
	}
	var found []finding
	release, run := "", p.runDir()
	if path, isFile := strings.CutPrefix(where.driver, "file:"); isFile {
		run = path + ".run"
	} else {
		release, found = p.kernel()
	}
	if err == nil {
		found = append(found, s.table(ctx, where)...)
	} else {
		found = append(found, broken("mend what stands above, or give another --driver or --netns", "the node cannot be opened: %v", err))
	}
	found = append(found, writable(run))
	var desired spec.Desired
	if len(dir) > 0 {
		c, err := p.load(dir[0], config, where)
		if err != nil {
			return p.diagnose(append(found, broken("lvsform validate "+dir[0]+"; or lvsform nodes "+dir[0]+" and --node, if this machine is none of its nodes",
				"the configuration cannot be read for this node, for the reasons above")))
		}
		desired = c.Chosen.Desired
		found = append(found, modules(desired.State, p.known(s, release))...)
		found = append(found, tunnels(desired.State, release)...)
	}
	if s != nil {
		found = append(found, p.around(ctx, s, desired, len(dir) > 0)...)
	}
	return p.diagnose(found)
}

// diagnose prints the findings; something that is broken is an error.
func (p *program) diagnose(found []finding) error {
	paints := map[string]string{"ok": sgrGreen, "note": sgrYellow, "broken": sgrRed}
	var err error
	for _, f := range found {
		fmt.Fprintf(p.out, "%s  %s\n", p.paint(p.out, paints[f.grade], fmt.Sprintf("%-6s", f.grade)), clean(f.text))
		if f.remedy != "" {
			p.printf("        -> %s\n", clean(f.remedy))
		}
		if f.grade == "broken" {
			err = status(exitError)
		}
	}
	return err
}

// kernel looks at this machine.
func (p *program) kernel() (release string, found []finding) {
	text, err := p.readFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "", []finding{broken("run lvsform on the director, or give --driver file:PATH", "this is not Linux, or /proc is not there: %v", err)}
	}
	release = strings.TrimSpace(string(text))
	found = append(found, ok("Linux %s", release))
	found = append(found, p.capabilities()...)
	head, err := p.readFile("/proc/net/ip_vs")
	first, _, _ := strings.Cut(string(head), "\n")
	if err != nil {
		found = append(found, broken("modprobe ip_vs; if there is no such module: install the full kernel image (linux-image-amd64 on Debian, kernel-modules on Fedora)",
			"the module ip_vs is not loaded: /proc/net/ip_vs is not there"))
	} else {
		found = append(found, ok("%s", first))
	}
	return release, append(found, p.managers()...)
}

// table looks whether the node answers, and what its settings mean for connections.
func (s *session) table(ctx context.Context, where nodeFlags) (found []finding) {
	if d, through := s.program(); through {
		path, version := d.Program()
		found = append(found, ok("the program %s is ipvsadm %s", path, version))
	}
	live, err := s.Read(ctx)
	if err != nil {
		return append(found, broken("mend what stands above; sudo lvsform …", "the node cannot be read: %v", err))
	}
	if _, through := s.program(); through {
		found = append(found, hidden(ctx, where, live.Table()))
	}
	found = append(found, ok("the table of %s can be read: %s, %s", s.host.Name, count(len(live.Services), "service"), count(len(live.Destinations), "destination")))
	if _, _, err := s.owned(); err != nil {
		found = append(found, broken("remove that file: lvsform then owns nothing until the next apply imports what is declared", "%v", err))
	}
	return append(found, settings(live)...)
}

// settings explains the sysctls that decide what becomes of connections.
func settings(live spec.State) (found []finding) {
	value := func(name string) string { return live.Sysctls[spec.SysctlKey{Name: name}].Value }
	switch value("net.ipv4.vs.expire_nodest_conn") {
	case "0":
		found = append(found, ok("expire_nodest_conn is 0: connections of a deleted server are dropped in silence until they time out"))
	case "1":
		found = append(found, note("sysctl -w net.ipv4.vs.expire_nodest_conn=0, if clients are to notice nothing of a server that was drained",
			"expire_nodest_conn is 1: connections that are left when a server is deleted are reset at once"))
	}
	switch value("net.ipv4.vs.expire_quiescent_template") {
	case "0":
		found = append(found, note("sysctl -w net.ipv4.vs.expire_quiescent_template=1, if services are persistent",
			"expire_quiescent_template is 0: persistent clients go on to a server that drains (weight 0) until their time is up"))
	case "1":
		found = append(found, ok("expire_quiescent_template is 1: persistent clients leave a server that drains (weight 0) with their next connection"))
	}
	return found
}

// writable says whether a directory can be written to, or made.
func writable(dir string) finding {
	there := filepath.Clean(dir)
	for {
		info, err := os.Stat(there)
		if err == nil && !info.IsDir() {
			return broken("remove it, or set LVSFORM_RUN_DIR", "%s is a file, and a directory is needed", there)
		}
		if err == nil {
			break
		}
		if there == filepath.Dir(there) {
			return broken("set LVSFORM_RUN_DIR", "%s: %v", dir, err)
		}
		there = filepath.Dir(there)
	}
	// Asked by trying: permission bits say nothing of a file system that is read-only or not a real one.
	trial, err := os.MkdirTemp(there, ".lvsform-doctor-")
	if err == nil {
		err = os.Remove(trial)
	}
	if err != nil {
		return broken("sudo lvsform …, or set LVSFORM_RUN_DIR to a directory of your own", "%s, where the lock and the ledger are, cannot be written to: %v", dir, err)
	}
	return ok("%s, where the lock and the ledger are, can be written to", dir)
}
