package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func TestDrift(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "drift", w.node(), w.path("first"))
	if w.out != "No drift: lb1 matches the configuration.\n" || w.err != "" {
		t.Errorf("%s%s", w.out, w.err)
	}
	w.write("next/more.lvs.hcl", "service \"more\" {\n  listen \"fwmark\" {\n    mark = 7\n    family = \"ipv4\"\n  }\n\n  scheduler = \"rr\"\n  pool = pool.web\n}\n")
	w.run(exitChanges, "drift", w.node(), w.path("next"))
	want := `~ service.web.tcp["192.0.2.10:80"] (tcp 192.0.2.10:80): scheduler is "wlc" and should be "rr"
+ service.more.fwmark["7/ipv4"] (fwmark 7 ipv4) is missing
+ service.more.fwmark["7/ipv4"].server["rs1"] (fwmark 7 ipv4 -> 10.0.0.11:0) is missing
- service.web.tcp["192.0.2.10:80"].server["10.0.0.12:80"] (tcp 192.0.2.10:80 -> 10.0.0.12:80) is not in the configuration
Drift: lb1: 2 missing, 1 changed, 1 not in the configuration.
`
	if got := sortLines(w.out); got != sortLines(want) {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, w.out))
	}
	w.run(exitChanges, "drift", w.node(), "--json", w.path("next"))
	var doc struct {
		Summary map[string]int `json:"change_summary"`
	}
	if err := json.Unmarshal([]byte(w.out), &doc); err != nil || doc.Summary["add"] != 2 {
		t.Errorf("%v: %s", err, w.out)
	}
}

func sortLines(s string) string {
	lines := strings.Split(s, "\n")
	last := lines[len(lines)-2]
	counts := map[string]bool{}
	for _, l := range lines {
		counts[l] = true
	}
	text, _ := json.Marshal(counts)
	return string(text) + last
}

func TestAdoptionIsAPlanAndNoDrift(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "forget", w.node(), "service.web")
	if w.out != "service.web.tcp[\"192.0.2.10:80\"] (tcp 192.0.2.10:80) is forgotten.\n" {
		t.Errorf("%s", w.out)
	}
	w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", w.path("first"))
	w.says(w.out, "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.")
	w.run(exitDone, "drift", w.node(), w.path("first"))
}

func TestForgetLeavesTheNodeAlone(t *testing.T) {
	for _, address := range []string{"service.web", `service.web.tcp["192.0.2.10:80"]`, "tcp 192.0.2.10:80", `live.tcp["192.0.2.10:80"]`} {
		w := applied(t)
		before := w.read("lb1.json")
		w.run(exitError, "forget", w.node(), address, "service.nothing")
		w.run(exitDone, "forget", w.node(), address)
		if w.read("lb1.json") != before {
			t.Errorf("%s: the node was changed", address)
		}
		w.write("none/main.lvs.hcl", strings.ReplaceAll(web("rr", 1), "192.0.2.10", "192.0.2.20"))
		w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("none"))
		w.says(w.out, "1 unmanaged service is left alone.")
	}
}

func TestJournal(t *testing.T) {
	w := applied(t)
	w.journal = []string{}
	w.run(exitDone, "drift", w.node(), w.path("first"))
	w.run(exitChanges, "drift", w.node(), w.path("next"))
	want := []string{
		"no-drift: no drift on lb1",
		`drift: drift: service.web.tcp["192.0.2.10:80"] (tcp 192.0.2.10:80): scheduler is "wlc" and should be "rr"`,
		`drift: drift: service.web.tcp["192.0.2.10:80"].server["10.0.0.12:80"] (tcp 192.0.2.10:80 -> 10.0.0.12:80) is not in the configuration`,
	}
	if diff := cmp.Diff(want, w.journal); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := applied(t)
		file := "--metrics-file=" + w.path("lvsform.prom")
		w.run(exitChanges, "drift", w.node(), file, w.path("next"))
		text := regexp.MustCompile(`goversion="[^"]*"|digest="[^"]*"`).ReplaceAllString(w.read("lvsform.prom"), "…")
		golden(t, "testdata/metrics.prom", text)
		for line := range strings.Lines(text) {
			if !regexp.MustCompile(`^(# (HELP|TYPE) lvsform_|lvsform_[a-z_]+(\{.*\})? [0-9.]+\n$)`).MatchString(line) {
				t.Errorf("not a sample without a timestamp: %s", line)
			}
		}
		w.write("next/main.lvs.hcl", "nonsense")
		w.run(exitError, "drift", w.node(), file, w.path("next"))
		text = w.read("lvsform.prom")
		w.says(text, "lvsform_check_success 0\n")
		w.says(text, "lvsform_check_last_success_timestamp_seconds 946684800.000\n")
		w.run(exitError, "drift", w.node(), "--metrics-file="+w.path("none/x"), w.path("first"))
	})
}

// Metrics may go to a pipe, such as /dev/stdout, which says nothing of earlier checks.
func TestMetricsIntoAPipe(t *testing.T) {
	w := applied(t)
	pipe := w.path("metrics")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		text, _ := os.ReadFile(pipe)
		read <- string(text)
	}()
	w.run(exitDone, "drift", w.node(), "--metrics-file", pipe, w.path("first"))
	w.says(<-read, "lvsform_check_success 1\n")
}

func TestStatus(t *testing.T) {
	w := applied(t)
	w.write("lb1.json", strings.Replace(w.read("lb1.json"), `"service": {`, `"service": {
		"udp [2001:db8::53]:53": {"scheduler": "sh", "scheduler_flags": ["sh-port"], "one_packet": true},
		"fwmark 7 ipv6": {"scheduler": "wlc", "persistent": true, "persistence_timeout": 300, "persistence_netmask": "/64", "persistence_engine": "sip"},`, 1))
	w.write("next/more.lvs.hcl", "service \"more\" {\n  listen \"tcp\" {\n    addresses = [\"192.0.2.11\"]\n    ports = [80]\n  }\n\n  scheduler = \"rr\"\n  pool = pool.web\n}\n")
	w.run(exitDone, "status", w.node(), w.path("next"))
	golden(t, "testdata/status.txt", w.out)
	w.run(exitDone, "status", w.node())
	if strings.Contains(w.out, "differs") || !strings.Contains(w.out, "? is unmanaged") {
		t.Errorf("without a configuration:\n%s", w.out)
	}
	w.run(exitDone, "status", w.node(), "--json", w.path("next"))
	golden(t, "testdata/status.json", w.out)
}

func TestInstancesKeepApart(t *testing.T) {
	w := applied(t)
	w.run(exitError, "plan", w.node(), "--instance=blue", w.path("first"))
	w.says(w.err, `service.web.tcp["192.0.2.10:80"] belongs to instance "default"`)
	w.run(exitDone, "status", w.node(), "--instance=blue")
	w.says(w.out, "= belongs to another instance")
}

func TestDoctor(t *testing.T) {
	healthy := func() map[string]string {
		return map[string]string{
			"/proc/sys/kernel/osrelease":           "6.1.0\n",
			"/proc/self/status":                    "Name:\tlvsform\nCapEff:\t000001ffffffffff\n",
			"/proc/net/ip_vs":                      "IP Virtual Server version 1.2.1 (size=4096)\nProt …\n",
			"/proc/modules":                        "ip_vs 1 0 - Live 0x0\nip_vs_rr 1 0 - Live 0x0\n",
			"/lib/modules/6.1.0/modules.dep":       "kernel/net/netfilter/ipvs/ip_vs_wlc.ko: kernel/net/netfilter/ipvs/ip_vs.ko\n",
			"/lib/modules/6.1.0/modules.builtin":   "kernel/net/netfilter/ipvs/ip_vs_sed.ko\n",
			"/proc/sys/kernel/random/boot_id":      "1\n",
			"/proc/sys/net/ipv4/vs/am_droprate":    "10\n",
			"/proc/sys/net/ipv4/vs/amemthresh":     "1024\n",
			"/proc/sys/net/ipv4/vs/drop_entry":     "0\n",
			"/proc/sys/net/ipv4/vs/drop_packet":    "0\n",
			"/proc/sys/net/ipv4/vs/sync_threshold": "3 50\n",
		}
	}
	for _, c := range []struct {
		name, file, text string
		scheduler, says  string
	}{
		{"healthy", "", "", "rr", "ok      the kernel has the scheduler rr\n"},
		{"as a module", "", "", "wlc", "ok      the kernel has the scheduler wlc\n"},
		{"built in", "", "", "sed", "ok      the kernel has the scheduler sed\n"},
		{"no module", "/proc/net/ip_vs", "", "rr", "broken  the module ip_vs is not loaded: /proc/net/ip_vs is not there\n        -> modprobe ip_vs;"},
		{"no right", "/proc/self/status", "CapEff:\t0000000000000000\n", "rr", "broken  CAP_NET_ADMIN is missing: the table can be neither read nor changed\n        -> sudo lvsform"},
		{"no raw", "/proc/self/status", "CapEff:\t0000000000011000\n", "rr", "note    CAP_NET_RAW is missing: an apply that brings up a VIP is undone (exit 8)"},
		{"keepalived", "/proc/77/comm", "keepalived\n", "rr", "note    keepalived is running (process 77): it may manage"},
		{"firewalld", "/proc/78/comm", "firewalld\n", "rr", "note    firewalld is running (process 78): it drops what no zone allows"},
		{"a container", "/lib/modules/6.1.0/modules.dep", "", "wlc", "note    it is not known whether the kernel has the scheduler wlc: it is not loaded"},
		{"a container, loaded", "/lib/modules/6.1.0/modules.dep", "", "rr", "ok      the kernel has the scheduler rr\n"},
		{"no scheduler", "", "", "mh", "broken  the kernel does not have the scheduler mh\n        -> modprobe ip_vs_mh;"},
		{"no Linux", "/proc/sys/kernel/osrelease", "", "rr", "broken  this is not Linux"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.files = healthy()
			if c.text == "" {
				delete(w.files, c.file)
			} else {
				w.files[c.file] = c.text
			}
			w.write("main.lvs.hcl", web(c.scheduler, 2))
			w.variables["LVSFORM_RUN_DIR"] = w.path("run")
			w.start("doctor", "--netns", w.path("none"), w.dir)
			w.says(w.out, c.says)
			w.says(w.out, "/run, where the lock and the ledger are, can be written to")
		})
	}
}

func TestDoctorOfANodeInAFile(t *testing.T) {
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "kernel": {"schedulers": ["rr"]}, "state": {"sysctl": {
		"sysctl net.ipv4.vs.expire_nodest_conn": {"value": "1"}, "sysctl net.ipv4.vs.expire_quiescent_template": {"value": "1"}}}}`)
	w.write("good/main.lvs.hcl", web("rr", 2))
	w.write("bad/main.lvs.hcl", web("mh", 2))
	w.write("wrong/main.lvs.hcl", "nonsense")
	w.run(exitDone, "doctor", w.node(), w.path("good"))
	w.says(w.out, "note    expire_nodest_conn is 1")
	w.says(w.out, "ok      expire_quiescent_template is 1")
	w.run(exitError, "doctor", w.node(), w.path("bad"))
	w.says(w.out, "broken  the kernel does not have the scheduler mh")
	w.run(exitError, "doctor", w.node(), w.path("wrong"))
	w.says(w.out, "-> lvsform validate")
	w.write("lb1.json", "nonsense")
	w.run(exitError, "doctor", w.node())
	w.says(w.out, "broken  the node cannot be opened")
	w.write("file", "")
	w.variables["LVSFORM_RUN_DIR"] = w.path("file")
	w.run(exitError, "doctor")
	w.says(w.out, "is a file, and a directory is needed")
}
