package plan_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/lvsform/lvsform/plan"
)

// resealed is an edited plan with the digest that it would have, had lvsform written it; "" if it cannot have one.
func resealed(file string) string {
	var compact, escaped bytes.Buffer
	i := strings.LastIndex(file, `"digest"`)
	if i < 0 || json.Compact(&compact, []byte(strings.TrimRight(file[:i], " \n,")+"}")) != nil {
		return ""
	}
	json.HTMLEscape(&escaped, compact.Bytes())
	sum := sha256.Sum256(escaped.Bytes())
	return strings.TrimSuffix(compact.String(), "}") + `,"digest":"sha256:` + hex.EncodeToString(sum[:]) + `"}`
}

// edited is a saved plan in which something stands in the place of something else.
func edited(t *testing.T, file, old, new string) string {
	t.Helper()
	if !strings.Contains(file, old) {
		t.Fatalf("%q is not in the plan", old)
	}
	return strings.Replace(file, old, new, 1)
}

// refused wants an error for each file that says what is wrong.
func refused(t *testing.T, cases map[string]struct{ file, want string }) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := plan.Decode(strings.NewReader(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDecodeRefusesOtherFiles(t *testing.T) {
	good := string(save(t, steps()))
	edit := func(old, new string) string { return edited(t, good, old, new) }
	refused(t, map[string]struct{ file, want string }{
		"empty":            {"", "the plan file is empty"},
		"blank":            {" \n", "the plan file is empty"},
		"cut short":        {good[:400], "the plan file is cut short at byte 400"},
		"one byte short":   {good[:len(good)-2], "is cut short at byte"},
		"not JSON":         {"PK\x03\x04", "the plan file is not JSON: byte 1"},
		"HCL":              {`service "web" {}`, "the plan file is not JSON"},
		"two plans":        {good + good, "something follows the plan at byte"},
		"a list":           {"[]", "not a plan of lvsform"},
		"null":             {"null", "not a plan of lvsform"},
		"of OpenTofu":      {`{"format_version":"1.2","terraform_version":"1.9.0"}`, "not a plan of lvsform"},
		"no steps":         {`{"format_version":"1.0","lvsform_version":"0.1.0"}`, "it has no steps"},
		"later format":     {edit(`"1.0"`, `"2.3"`), `has format "2.3" and was made by a later version of lvsform (0.1.0)`},
		"odd format":       {edit(`"1.0"`, `"x"`), `has format "x" and was made by another version`},
		"edited":           {edit(`"weight": 2`, `"weight": 3`), "edited after it was made"},
		"digest changed":   {good[:len(good)-8] + "x" + good[len(good)-7:], "edited after it was made"},
		"no digest":        {good[:strings.LastIndex(good, ",\n")] + "}", "edited after it was made"},
		"version is fancy": {edit(`"1.0",`, `"3.0",`+"\n"+`"lvsform_version": "\u001b[2J",`), `(\x1b[2J)`},
	})
}

// Whoever edits a plan can give it the right digest, too.
func TestDecodeRefusesEdits(t *testing.T) {
	good, adopting := string(save(t, steps())), string(save(t, adoptions()))
	edit := func(old, new string) string { return resealed(edited(t, good, old, new)) }
	editStep := func(old, new string) string {
		i := strings.Index(good, `"steps"`)
		return resealed(good[:i] + edited(t, good[i:], old, new))
	}
	refused(t, map[string]struct{ file, want string }{
		"wrong type":      {edit(`"unchanged": 0`, `"unchanged": "no"`), "not a plan that lvsform wrote"},
		"negative wait":   {edit(`"drain_seconds": 600`, `"drain_seconds": -600`), "drain_seconds"},
		"endless wait":    {edit(`"drain_seconds": 600`, `"drain_seconds": 1e99`), "drain_seconds"},
		"unknown effect":  {edit(`"drain_seconds": 600`, `"shout": true`), `unknown field "shout"`},
		"unknown key":     {editStep(`"key": "sync master"`, `"key": "vip 192.0.2.1"`), `step 4 of 5: "vip 192.0.2.1"`},
		"two spellings":   {editStep(`"key": "tcp 192.0.2.10:443 -> 10.0.0.11:443"`, `"key": "tcp 192.0.2.10:443 -> 10.0.0.11:0443"`), "is written"},
		"unknown name":    {edit(`"name": "sync master"`, `"name": "sync slave"`), `"slave" is not a sync daemon role`},
		"unknown setting": {editStep(`"sync_id": 7`, `"sync_idea": 7`), `step 4 of 5: sync master: before: a sync_daemon has no attribute "sync_idea"`},
		"wrong value":     {editStep(`"forward": "direct"`, `"forward": "carrier pigeon"`), `attribute "forward"`},
		"empty step":      {editStep(`"after": {`, `"aft": {`), `unknown field "aft"`},
		"no after":        {editStep("\"after\": null\n", `"drain_seconds": 1`), "after: missing"},
		"nothing at all":  {editStep(`"before": null`, `"after": null`), "before: missing"},
		"a step of none":  {edit(`"steps": [`, `"steps": [{"key":"timeouts","before":null,"after":null},`), "step 1 of 6: timeouts: neither before nor after"},
		"wrong kind":      {edit(`"type": "sync_daemon"`, `"type": "service"`), `sync master is a sync_daemon and not a "service"`},
		"shown otherwise": {edit(`"weight": 2`, `"weight": 3`), "before and after in resource_changes are not those of the steps"},
		"run otherwise":   {editStep(`"weight": 2`, `"weight": 3`), "before and after in resource_changes are not those of the steps"},
		"broken chain":    {editStep(`"weight": 0`, `"weight": 1`), "step 2 of 5: tcp 192.0.2.10:443 -> 10.0.0.11:443 is not as an earlier step leaves it"},
		"another action":  {edit(`"update"`, `"delete"`), `the steps come to "update", resource_changes says ["delete"]`},
		"object left out": {resealed(withoutLast(t, good)), "is in steps and not in resource_changes"},
		"object twice":    {edit(`"unmanaged": []`, `"unmanaged": [{"address":"a","type":"sync_daemon","name":"sync master"}]`), "sync master is named twice"},
		"nothing happens": {edit(`"resource_changes": [`, `"resource_changes": [{"address":"a","type":"timeouts","name":"timeouts","change":{"actions":["no-op"],"before":null,"after":null}},`), "timeouts is in resource_changes and in no step"},
		"unknown ignore":  {edit(`"connections": {`, `"ignore_changes": ["wait"], "connections": {`), `a destination has no attribute "wait"`},
		"wrong sum":       {edit(`"change": 2`, `"change": 1`), "the steps come to 0 to add, 2 to change, 0 to destroy, change_summary says 0 to add, 1 to change, 0 to destroy"},
		"partly complete": {edit(`"partial": false`, `"partial": true`), "both complete and partial"},
		"errored":         {edit(`"errored": false`, `"errored": true`), "ended in errors"},
		"not adopted":     {resealed(strings.Replace(adopting, `"importing": {`, `"exporting": {`, 1)), "is in resource_changes and in no step"},
	})
}

// withoutLast is the plan without the last of its resource_changes.
func withoutLast(t *testing.T, file string) string {
	t.Helper()
	end := strings.Index(file, "\n  ],")
	start := strings.LastIndex(file[:end], ",\n    {")
	if start < 0 {
		t.Fatal("no second object")
	}
	return file[:start] + file[end:]
}

func TestDecodeReadError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := plan.Decode(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// A later version of the same format may say more of an object and of the plan, not of a step.
func TestDecodeLaterMinor(t *testing.T) {
	file := string(save(t, steps()))
	for _, e := range [][2]string{{`"1.0"`, `"1.7"`}, {`"partial"`, `"colour": "blue", "partial"`}, {`"connections": {`, `"owner": "x", "connections": {`}} {
		file = strings.Replace(file, e[0], e[1], 1)
	}
	got, err := plan.Decode(strings.NewReader(resealed(file)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := samePlan(steps(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeCutAnywhere(t *testing.T) {
	file := save(t, adoptions())
	for n := range len(file) - 1 {
		if _, err := plan.Decode(bytes.NewReader(file[:n])); err == nil {
			t.Errorf("cut at byte %d of %d: no error", n, len(file))
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range []*plan.Plan{steps(), adoptions(), unmanaged()} {
		file, err := p.MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if again := resealed(string(file)); again != "" {
			file = []byte(again)
		}
		p, err := plan.Decode(bytes.NewReader(file))
		if err != nil {
			return
		}
		again, err := plan.Decode(bytes.NewReader(save(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := samePlan(p, again); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, o := range []plan.TextOptions{{}, {Color: true, Width: 20, Verbose: true}} {
			if err := p.WriteText(io.Discard, o); err != nil {
				t.Error(err)
			}
		}
	})
}
