//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// kindsWorld is a node on which somebody else has objects of every kind, and configurations with objects of every kind.
type kindsWorld struct {
	*world
	dir string // of a set of configurations: first, second, last, and another instance's
	nft bool
}

// Every object of every kind is created, changed, restored and removed, by the program alone. What programs show of the
// node differs by what first.diff and second.diff say, and not at all from the beginning once everything is gone.
// The rules of nftables are proven where there are any, and the rest where there are none, which is the quicker kernel.
func TestKernelKinds(t *testing.T) {
	w := newKindsWorld(t, "rules")
	if !w.nft {
		w.refused()
		w = newKindsWorld(t, "all")
	}
	w.proof()
}

func newKindsWorld(t *testing.T, name string) *kindsWorld {
	w := &kindsWorld{world: newBareWorld(t), nft: hasNFT(t), dir: filepath.Join("testdata", "kinds", name)}
	w.variables["LVSFORM_NODE"] = "here"
	drivertest.Run(t, "sh", "-e", filepath.Join("testdata", "kinds", "foreign.sh"))
	if w.nft {
		drivertest.Run(t, "nft", "-f", filepath.Join("testdata", "kinds", "foreign.nft"))
	}
	return w
}

func (w *kindsWorld) proof() {
	start := w.sight()
	w.stage("first", start)
	first := w.sight()
	w.stage("second", first)
	second := w.sight()
	w.mended("second")
	w.same("repaired", second)
	w.others("second")
	w.lost("second")
	w.same("whoever else was there", second)
	w.run(exitDone, "rollback", "--auto-approve", w.path("second.plan"))
	w.same("rolled back", first)
	w.run(exitDone, "rollback", "--auto-approve", w.path("first.plan"))
	w.same("rolled back to the beginning", start)

	w.run(exitDone, "apply", "--auto-approve", w.configuration("second"))
	w.run(exitDone, "apply", "--auto-approve", w.configuration("last"))
	w.run(exitDone, "plan", "--detailed-exitcode", w.configuration("last"))
	w.run(exitError, "apply", "--auto-approve", nothing)
	w.says(w.err, "--destroy")
	w.run(exitDone, "apply", "--auto-approve", "--destroy", nothing)
	w.same("with everything gone", start)
}

// nothing is a configuration that declares nothing.
var nothing = filepath.Join("testdata", "kinds", "empty")

func (w *kindsWorld) configuration(stage string) string { return filepath.Join(w.dir, stage) }

// stage applies a configuration. Nothing but what it declares changes, and nothing is left to do.
func (w *kindsWorld) stage(name, before string) {
	w.t.Helper()
	saved := w.path(name + ".plan")
	w.run(exitChanges, "plan", "--detailed-exitcode", "--out", saved, w.configuration(name))
	w.run(exitDone, "apply", saved)
	byLinks := regexp.MustCompile(`(?m)^. ip .*"(fe80::|fe80::/64|ff00::/8|::/96)".*\n`) // which depends on the kernel
	golden(w.t, filepath.Join(w.dir, name+".diff"), byLinks.ReplaceAllString(lineChanges(before, w.sight()), ""))
	w.run(exitDone, "plan", "--detailed-exitcode", w.configuration(name))
	w.says(w.out, "No changes.")
}

// mended: what somebody else does to objects of every kind is seen, named and repaired.
func (w *kindsWorld) mended(stage string) {
	w.t.Helper()
	drivertest.Run(w.t, "sh", "-e", filepath.Join(w.dir, "strange.sh"))
	w.run(exitChanges, "drift", w.configuration(stage))
	golden(w.t, filepath.Join(w.dir, "drift.txt"), regexp.MustCompile(`Drift: [^:]*`).ReplaceAllString(w.out, "Drift"))
	w.run(exitDone, "apply", "--auto-approve", w.configuration(stage))
}

// others: another instance has objects of its own beside these for a while, and can neither take nor remove these.
func (w *kindsWorld) others(stage string) {
	w.t.Helper()
	w.run(exitError, "apply", "--instance=blue", "--auto-approve", w.configuration("first"))
	golden(w.t, filepath.Join(w.dir, "others.txt"), w.err)
	w.run(exitDone, "apply", "--instance=blue", "--auto-approve", w.configuration("blue"))
	w.run(exitDone, "drift", w.configuration(stage))
	w.run(exitError, "apply", "--auto-approve", w.configuration("blue"))
	w.says(w.err, `belongs to instance "blue"`)
	w.run(exitDone, "apply", "--instance=blue", "--auto-approve", "--destroy", w.configuration("blue"))
}

// lost: without its ledger lvsform removes nothing that was its own, and takes over what is declared.
func (w *kindsWorld) lost(stage string) {
	w.t.Helper()
	ledgers, err := filepath.Glob(w.path("run/*/ledger.json"))
	if err != nil || len(ledgers) != 1 {
		w.t.Fatalf("ledgers %v, %v", ledgers, err)
	}
	kept := ledgers[0] + ".kept"
	if err := os.Rename(ledgers[0], kept); err != nil {
		w.t.Fatal(err)
	}
	w.run(exitDone, "apply", "--auto-approve", "--destroy", nothing)
	w.run(exitDone, "apply", "--auto-approve", w.configuration(stage))
	w.says(w.out, "imported, 0 added, 0 changed, 0 destroyed.")
	if err := os.Rename(kept, ledgers[0]); err != nil {
		w.t.Fatal(err)
	}
}

// refused: a kernel without nftables refuses the rules, and everything is as it was.
func (w *kindsWorld) refused() {
	w.t.Helper()
	start := w.sight()
	w.run(exitRolledBack, "apply", "--auto-approve", w.configuration("first"))
	w.says(w.err, "this kernel has no nftables for the family arp")
	w.same("refused", start)
}

func (w *kindsWorld) same(when, want string) {
	w.t.Helper()
	if diff := lineChanges(want, w.sight()); diff != "" {
		w.t.Errorf("%s:\n%s", when, diff)
	}
}

// sight is all that programs show of a node, one object in a line, without indices, handles, and what the kernel draws by lot.
func (w *kindsWorld) sight() string {
	w.t.Helper()
	w.until("addresses of links are settled", func() bool { return drivertest.Run(w.t, "ip", "-6", "address", "show", "tentative") == "" })
	listings := []string{"ip -j -batch testdata/kinds/look", "ip -j -6 route show table all", "sysctl -a -r ^net", "ipvsadm -Sn", "ipvsadm -Ln --thresholds", "ipvsadm -Ln --timeout", "ipvsadm -Ln --daemon"}
	if w.nft {
		listings = append(listings, "nft -j list ruleset")
	}
	var out strings.Builder
	for _, l := range listings {
		program := strings.Fields(l)
		text, err := exec.Command(program[0], program[1:]...).Output()
		if err != nil && program[0] != "sysctl" { // some settings can only be written
			w.t.Fatalf("%s: %v", l, err)
		}
		if program[1] != "-j" {
			out.Write(text)
			continue
		}
		for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
			var v any
			if err := d.Decode(&v); err != nil {
				w.t.Fatalf("%s: %v\n%s", l, err, text)
			}
			objects(&out, program[0], v)
		}
	}
	// Modes that the kernel goes into and out of by itself.
	text := regexp.MustCompile(`(?m)^(net.ipv4.vs.(?:drop_entry|drop_packet|secure_tcp)) = 2$`).ReplaceAllString(out.String(), "$1 = 1")
	return regexp.MustCompile(`(?m)`+strings.Join([]string{
		`^net.*(base_reachable|stable_secret|mtu_expires|nf_conntrack_count).*`,
		`^net.*\.(anycast0|blue0)\..*`, // every kernel has others
		`^IP Virtual Server.*`,
	}, `\n|(?m)`)+`\n`).ReplaceAllString(text, "")
}

// objects writes the objects of a list, and those that are listed within an interface, in a line each.
func objects(out *strings.Builder, name string, v any) {
	switch v := v.(type) {
	case []any:
		for _, o := range v {
			objects(out, name, o)
		}
	case map[string]any:
		if rules, ok := v["nftables"]; ok {
			objects(out, name, rules)
			return
		}
		inner := v["addr_info"]
		for _, k := range []string{"addr_info", "metainfo", "ifindex", "link_index", "permaddr"} {
			delete(v, k)
		}
		if kind, _ := v["ifname"].(string); kind == "anycast0" || kind == "blue0" {
			delete(v, "address")
		}
		for _, o := range v {
			if o, ok := o.(map[string]any); ok {
				delete(o, "handle")
			}
		}
		text, _ := json.Marshal(v)
		// Addresses that a link has by itself: which ones, the kernel decides when it comes up.
		line := name + " " + regexp.MustCompile(`"(fe80::[0-9a-f:.]+|::[0-9.]+)"`).ReplaceAllString(string(text), `"fe80::"`) + "\n"
		if !strings.Contains(out.String(), line) {
			out.WriteString(line)
		}
		objects(out, fmt.Sprintf("%s %v", name, v["ifname"]), inner)
	}
}

// lineChanges are the lines that one text has more often than the other.
func lineChanges(before, after string) string {
	count := map[string]int{}
	for line := range strings.Lines(before) {
		count[line]--
	}
	for line := range strings.Lines(after) {
		count[line]++
	}
	var out strings.Builder
	for _, side := range []struct {
		text, sign string
		by         int
	}{{before, "- ", 1}, {after, "+ ", -1}} {
		for line := range strings.Lines(side.text) {
			if count[line]*side.by < 0 {
				count[line] += side.by
				out.WriteString(side.sign + line)
			}
		}
	}
	return out.String()
}
