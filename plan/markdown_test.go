package plan_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func markdown(t testing.TB, p *plan.Plan, o plan.MarkdownOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteMarkdown(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteMarkdown(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) { golden(t, name+".md", []byte(markdown(t, p, plan.MarkdownOptions{}))) })
	}
}

// large has n servers that go, and connections on each.
func large(n int) *plan.Plan {
	live := site()
	for i := range n {
		a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 443)
		live.Set(spec.DestinationKey{Service: serviceKey(https), Address: a}, spec.Destination{Forward: spec.Direct, Weight: 1})
	}
	p := between(live, site())
	for _, s := range p.Changes {
		about(p, s.Key, func(o *plan.Object) { o.Connections.Active = 2 })
	}
	return p
}

func TestWriteMarkdownFits(t *testing.T) {
	p := large(1000)
	p.Warnings = []string{strings.Repeat("long ", 500), "short"}
	count := func(pattern, page string) int {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(page); m != nil {
			var n int
			fmt.Sscan(m[1], &n)
			return n
		}
		return 0
	}
	for _, limit := range []int{500, 1000, 2000, 4000, 0, 65536, 10_000_000} {
		page := markdown(t, p, plan.MarkdownOptions{MaxBytes: limit})
		if limit == 0 {
			limit = 60000
		}
		if len(page) > limit {
			t.Errorf("%d bytes, at most %d", len(page), limit)
		}
		if !strings.Contains(page, "0 to add, 0 to change, 1000 to destroy") || !strings.Contains(page, "2000 active connections") {
			t.Errorf("limit %d: the summary is missing:\n%s", limit, page[:300])
		}
		shown, left := count(`<summary>(\d+) objects?`, page), count(`(\d+) (?:more )?objects? not shown`, page)
		blocks := strings.Count(page, "will be destroyed\n")
		if shown+left != 1000 || shown != blocks || strings.Count(page, "\n    }\n") != blocks {
			t.Errorf("limit %d: %d objects shown, %d blocks, %d left out", limit, shown, blocks, left)
		}
		if strings.Count(page, "```") != 2*min(shown, 1) || strings.Count(page, "<details>") != strings.Count(page, "</details>") {
			t.Errorf("limit %d: something is left open", limit)
		}
	}
}

// Whatever a name holds, a page has one marker, one table and one fold, and nothing outside the fence is markup.
func FuzzMarkdown(f *testing.F) {
	f.Add("lb1", "service.web", "not in the configuration", "a warning")
	f.Add(`a\|b`, "\\`", "@ops", "![x](y)")
	p := hostile()
	f.Add(p.Host.Name, "``` \n````", "\u2028</details>", p.Warnings[1])
	f.Fuzz(func(t *testing.T, node, name, reason, warning string) {
		p := deletes()
		p.Host.Name = node
		p.Warnings = []string{warning}
		about(p, server(https, "10.0.0.12:443"), func(o *plan.Object) { o.Name, o.Reason = name, reason })
		page := markdown(t, p, plan.MarkdownOptions{MaxBytes: 1 << 20})
		if len(page) > 1<<20 {
			t.Fatalf("%d bytes", len(page))
		}
		fence := regexp.MustCompile("(?m)^(`{3,})diff$").FindStringSubmatch(page)
		if fence == nil {
			t.Fatalf("no fence:\n%s", page)
		}
		before, rest, _ := strings.Cut(page, fence[0]+"\n")
		inside, after, closed := strings.Cut(rest, "\n"+fence[1]+"\n")
		if !closed || strings.Contains(inside, fence[1]) {
			t.Errorf("the fence does not hold:\n%s", page)
		}
		if diff := cmp.Diff("\n</details>\n", after); diff != "" {
			t.Errorf("after the fence (-want +got):\n%s", diff)
		}
		tags := regexp.MustCompile(`<[^>]*>`).FindAllString(before, -1)
		for _, tag := range tags[1:] {
			switch tag {
			case "<details>", "<summary>", "</summary>", "<!-- -->":
			default:
				t.Errorf("a tag from a name: %q in\n%s", tag, before)
			}
		}
		if strings.Count(before, "\n|") != 3 || !strings.HasPrefix(tags[0], "<!-- lvsform:plan ") {
			t.Errorf("the table or the marker is broken:\n%s", before)
		}
	})
}
