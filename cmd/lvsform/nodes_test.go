package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const twoNodes = `
role "director" {}

node "lb1" {
  match = ["lb1.example.net"]
  roles = [role.director]
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.3"
}

node "spare" {
  for_each = toset(["a", "b"])
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
`

func TestNodes(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", twoNodes)
	w.variables["LVSFORM_NODE"] = "lb2"
	w.run(exitDone, "nodes", w.dir)
	want := strings.TrimPrefix(`
  NODE        ROLES     ADDRESS   VIPS  SERVICES  SERVERS  OTHERS  HOST NAMES
  lb1         director  -         0     1         1        0       lb1.example.net
* lb2         director  10.0.0.3  0     1         1        0       lb2
  spare["a"]  -         -         0     0         0        0       a
  spare["b"]  -         -         0     0         0        0       b
`, "\n")
	if w.out != want {
		t.Errorf("it says\n%s\nwant\n%s", w.out, want)
	}
	w.run(exitDone, "validate", w.dir)
	w.says(w.out, "The configuration is valid: 2 services, 2 destinations on 4 nodes.")
	w.run(exitDone, "nodes", "--json", "--node", "lb1.example.net", w.dir)
	var doc nodesDocument
	if err := json.Unmarshal([]byte(w.out), &doc); err != nil || len(doc.Nodes) != 4 || !doc.Nodes[0].Here || doc.Nodes[1].Here || doc.Nodes[0].Objects["service"] != 1 {
		t.Errorf("%v\n%s", err, w.out)
	}
	w.run(exitError, "nodes", "--node", "lb3", w.dir)
	w.says(w.err, `There is no node "lb3"`)
	w.write("plain/main.lvs.hcl", web("rr", 2))
	delete(w.variables, "LVSFORM_NODE")
	w.run(exitDone, "nodes", w.path("plain"))
	w.says(w.out, "has no node blocks")
}

// A node is found by its name, wherever it is kept.
func TestTheNodeThatIsMeant(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", twoNodes)
	at := func(file string) string { return "--driver=file:" + w.path(file) }
	w.run(exitChanges, "plan", "--detailed-exitcode", at("lb2.json"), w.dir)
	w.run(exitDone, "plan", "--detailed-exitcode", at("a.json"), w.dir)
	w.run(exitError, "plan", at("other.json"), w.dir)
	w.says(w.err, `The machine "other" is no node by its host names`)
	w.run(exitChanges, "plan", "--detailed-exitcode", "--node=lb1", at("other.json"), w.dir)
	w.write("named.json", `{"format_version": 1, "node": "lb1.example.net"}`)
	w.run(exitChanges, "plan", "--detailed-exitcode", at("named.json"), w.dir)
	w.run(exitDone, "snapshot", "--out", w.path("snapshot"), at("lb2.json"))
	w.run(exitChanges, "plan", "--detailed-exitcode", "--from", w.path("snapshot"), w.dir)
	w.run(exitError, "apply", "--auto-approve", "--node=all", at("lb2.json"), w.dir)
	w.says(w.err, "one node at a time")
	w.run(exitDone, "apply", "--auto-approve", at("lb2.json"), w.dir)
	w.run(exitDone, "drift", at("lb2.json"), w.dir)
}

// What is wrong with the place where the node is comes before the question which node that is.
func TestTheNodeThatCannotBeAsked(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", twoNodes)
	w.mkdir("snapshots")
	w.write("later.json", `{"format_version": "9.0"}`)
	for _, c := range []struct{ flags, says string }{
		{"--driver=nftables", `there is no driver "nftables"`},
		{"--driver=file:", "--driver file:PATH needs the path of the node's file"},
		{"--driver=file:lb1.json --netns=blue", "a node in a file has no network namespaces"},
		{"--from=later.json", `the snapshot later.json cannot be used: its format is "9.0"`},
		{"--from=none.json", "reading the snapshot: open none.json: no such file or directory"},
		{"--from=snapshots", "reading the snapshot: read snapshots: is a directory"},
		{"--node=all --from=none", "--from: stat none: no such file or directory"},
	} {
		t.Chdir(w.dir)
		w.run(exitError, append([]string{"plan"}, strings.Fields(c.flags)...)...)
		w.says(w.err, "lvsform: error: "+c.says)
	}
}

func TestPlanOfAllNodes(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", twoNodes+"pool \"unused\" { forward = \"direct\" }\n")
	take := func(name, driver string) {
		w.run(exitDone, "snapshot", "--out", w.path("snapshots/"+name), "--driver=file:"+w.path(driver))
	}
	w.mkdir("snapshots")
	take("1", "lb1.example.net.x")
	take("2", "lb2.json")
	take("3", "a.json")
	w.run(exitError, "plan", "--node=all", "--from", w.path("snapshots"), w.path("etc"))
	w.says(w.err, `there is no snapshot of spare["b"] in `)
	take("4", "b.json")
	w.run(exitError, "plan", "--node=all", "--from", w.path("snapshots"), "--driver=file:x", w.path("etc"))
	if strings.Count(w.err, "--from takes the place of a driver") != 1 {
		t.Errorf("stderr is\n%s", w.err)
	}
	w.run(exitChanges, "plan", "--node=all", "--from", w.path("snapshots"), "--out", w.path("plans"), "--detailed-exitcode", w.path("etc"))
	for _, node := range []string{"Node lb1\n", "Node lb2\n", `Node spare["a"]` + "\n"} {
		w.says(w.out, node)
	}
	w.says(w.out, "No service uses pool.unused")
	if want := "Saved the plans to: " + w.path("plans") + "\n"; w.err != want {
		t.Errorf("stderr is %q, want %q", w.err, want)
	}
	if n := strings.Count(w.out, "Plan: 2 to add"); n != 2 {
		t.Errorf("%d nodes have something to add:\n%s", n, w.out)
	}
	w.terminal = true
	w.run(exitDone, "plan", "--node=all", "--from", w.path("snapshots"), w.path("etc"))
	w.says(w.out, "\x1b[1mNode lb1\x1b[0m\n")
	w.terminal = false
	w.run(exitDone, "apply", w.path("plans/lb2.plan"), "--driver=file:"+w.path("lb2.json"))
	if !exists(w.path("plans/spare-a.plan")) {
		t.Error("an empty plan is not saved")
	}
	w.run(exitError, "plan", "--node=all", w.path("etc"))
	w.says(w.err, "--from names the directory with one of each")
	take("5", "lb2.json")
	w.run(exitError, "plan", "--node=all", "--from", w.path("snapshots"), w.path("etc"))
	w.says(w.err, "are both snapshots of node lb2")
	take("5", "stranger.json")
	w.run(exitError, "plan", "--node=all", "--from", w.path("snapshots"), w.path("etc"))
	w.says(w.err, "5 is of stranger: The machine")
}

// What one node has need not be on another, and what none has is an error.
func TestPlanOfAllNodesWithTargets(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", twoNodes+"vip \"x\" {\n  on = [node.lb2]\n  addresses = [\"192.0.2.77\"]\n  interface = \"lo\"\n}\n")
	w.mkdir("snapshots")
	for _, driver := range []string{"lb1.example.net.x", "lb2.json", "a.json", "b.json"} {
		w.run(exitDone, "snapshot", "--out", w.path("snapshots/"+driver), "--driver=file:"+w.path(driver))
	}
	plan := func(code int, flags ...string) {
		w.run(code, append([]string{"plan", "--node=all", "--from", w.path("snapshots"), w.path("etc")}, flags...)...)
	}
	adds := func(want string) {
		t.Helper()
		var got []string
		for part := range strings.SplitSeq(strings.TrimPrefix(w.out, "Node "), "\nNode ") {
			name, _, _ := strings.Cut(part, "\n")
			if i := strings.Index(part, "Plan: "); i >= 0 {
				got = append(got, name+" "+part[i+len("Plan: "):][:1])
			}
		}
		if got := strings.Join(got, ", "); got != want || w.err != "" {
			t.Errorf("to add: %s, want %s\n%s%s", got, want, w.out, w.err)
		}
	}
	plan(exitChanges, "--target=service.web", "--detailed-exitcode")
	adds("lb1 2, lb2 2")
	plan(exitDone, "--target=vip.x", "--out", w.path("plans"))
	w.says(w.err, "Saved the plans to: ")
	if !exists(w.path("plans/lb1.plan")) {
		t.Error("the plan of a node without the target is not saved")
	}
	plan(exitDone, "--target=vip.x")
	adds("lb2 1")
	plan(exitDone, "--target=vip.x", "--target=service.web")
	adds("lb1 2, lb2 3")
	plan(exitDone, "--exclude=vip.x")
	adds("lb1 2, lb2 2")
	plan(exitError, "--target=vip.x", "--target=vip.y", "--target=vip.y", "--out", w.path("none"))
	if want := "lvsform: error: nothing here is called \"vip.y\""; strings.Count(w.err, "nothing here") != 1 || !strings.HasPrefix(w.err, want) || w.out != "" {
		t.Errorf("stderr is %q, want %q\n%s", w.err, want, w.out)
	}
}
