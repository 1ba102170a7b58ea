//go:build linux

// Package ipvsadm reads and changes the IPVS table of a running kernel through the program ipvsadm, for hosts where every
// change is to go through the tool that operators can read.
//
// Start at Open. A batch is one "ipvsadm -R", and the result of each change is known all the same; a read is several
// listings, repeated until two agree. What the program cannot express (Driver.Cannot) the driver refuses by name: the
// driver netlink can do it. The language is in the package rules.
package ipvsadm

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which table, and which program. The zero value is the table of the network namespace that the caller is in.
type Options struct {
	// Namespace is a network namespace: a path such as /run/netns/blue, or a name under /run/netns.
	Namespace string
	// Program is a name that is looked for in PATH, /usr/sbin and /sbin, or a path; "" is ipvsadm.
	Program string
	// Patience is how long the program may go without getting on before it is killed; 0 is a minute.
	Patience time.Duration
}

// Driver is one kernel's IPVS table. Its methods may be called by several goroutines; they take turns.
type Driver struct {
	mu      sync.Mutex
	program *program
	version string
}

// The first version that shows and writes the tunnels gue and gre: an older one shows them as if they were ipip.
const oldestMajor, oldestMinor = 1, 31

// Open finds the program and asks for its version, which needs the kernel's IPVS and the privilege; the program loads
// the module if it has to. The driver stays with the namespace, wherever its callers are.
func Open(o Options) (*Driver, error) {
	space, err := netns.Open(o.Namespace)
	if err != nil {
		return nil, err
	}
	d := &Driver{program: &program{space: space, patience: o.Patience}}
	if d.program.patience == 0 {
		d.program.patience = time.Minute
	}
	if d.program.path, err = find(o.Program); err == nil {
		d.version, err = d.askVersion()
	}
	if err != nil {
		space.Close()
		return nil, err
	}
	return d, nil
}

var versionText = regexp.MustCompile(`^ipvsadm v((\d+)\.(\d+)\S*)`)

func (d *Driver) askVersion() (string, error) {
	// What stands on stderr may be modprobe's, and the version is there all the same.
	var out, said bytes.Buffer
	err := d.program.run(context.Background(), job{
		args: []string{"--version"}, out: keep(&out, mostWords), said: keep(&said, mostWords), patience: d.program.patience,
	})
	if err != nil {
		return "", d.program.explain(err, said.String(), "--version")
	}
	m := versionText.FindSubmatch(bytes.TrimLeft(out.Bytes(), "\n"))
	if m == nil {
		return "", fmt.Errorf("%s --version: it does not say which version of ipvsadm it is, but %s", d.program.path, quote(out.String()))
	}
	major, _ := strconv.Atoi(string(m[2]))
	minor, _ := strconv.Atoi(string(m[3]))
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return "", fmt.Errorf("%s is version %s, and %d.%d or newer is needed, which knows all tunnels: update it, or use the driver netlink, which needs no program",
			d.program.path, m[1], oldestMajor, oldestMinor)
	}
	return string(m[1]), nil
}

// Program is where the program is, and its version.
func (d *Driver) Program() (path, version string) { return d.program.path, d.version }

// Kill ends the program that runs, if there is one, and lets no other be started: it is for a process that is about to
// end, from any goroutine. What was being done is then half done.
func (d *Driver) Kill() { d.program.kill() }

// Close gives up the namespace. The table stays as it is.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.program.space.Close()
}

// Host says which machine, boot and network namespace the table belongs to.
func (d *Driver) Host(ctx context.Context) (plan.Host, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return plan.Host{}, err
	}
	return d.program.space.Host("ipvsadm")
}

// Cannot says why ipvsadm cannot write the object in this form, or cannot show it as what it is; the error is a
// *rules.LimitError. The first weight that not every ipvsadm takes has the program asked whether it does.
func (d *Driver) Cannot(k spec.Key, v spec.Value) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := rules.Cannot(k, v); err != nil {
		return err
	}
	return d.program.cannot(k, v)
}
