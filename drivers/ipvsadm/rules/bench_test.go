package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
)

// big are texts of so many lines, each of which would be slow if anything were searched from its beginning.
func big(n int) map[string]string {
	out := growing(n)
	for name, text := range map[string]string{
		"comments": strings.Repeat("# no rule\n", n), "errors": strings.Repeat("what\n", n), "clears": strings.Repeat("-C\n", n),
		"one line": strings.Repeat("-A ", n), "continued": strings.Repeat("-A \\\n", n), "quote": strings.Repeat(`"`, n),
		"titles": strings.Repeat("IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n", n/2),
	} {
		out[name] = text
	}
	out["dump and listing"] = out["one service"] + strings.Replace(out["listing"], "  -> 10.0.0.0:80                  Masq    1      0          0         \n", "", 1)
	return out
}

// growing are texts of lines with numbers in them.
func growing(n int) map[string]string {
	out := map[string]string{}
	write := func(name string, line func(b *strings.Builder, i int)) {
		var b strings.Builder
		for i := range n {
			line(&b, i)
		}
		out[name] = b.String()
	}
	address := func(i int) string { return fmt.Sprintf("10.%d.%d.%d:80", i>>16, i>>8&255, i&255) }
	write("dump", func(b *strings.Builder, i int) {
		if i%10 == 0 {
			fmt.Fprintf(b, "-A -t %s -s wlc\n", address(i))
			return
		}
		fmt.Fprintf(b, "-a -t %s -r %s -g -w 1\n", address(i/10*10), address(i))
	})
	write("one service", func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("-A -t 192.0.2.10:80\n")
			return
		}
		fmt.Fprintf(b, "-a -t 192.0.2.10:80 -r %s -m\n", address(i))
	})
	write("there and gone", func(b *strings.Builder, i int) {
		switch half := i / 2; {
		case i < n/2:
			fmt.Fprintf(b, "-A -t %s\n", address(i))
		case i%2 == 0:
			fmt.Fprintf(b, "-a -t %s -r 10.0.0.1\n", address(half))
		default:
			fmt.Fprintf(b, "-D -t %s\n", address(half))
		}
	})
	write("added and deleted", func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("-A -t 192.0.2.10:80\n")
			return
		}
		fmt.Fprintf(b, "-%c -t 192.0.2.10:80 -r 10.0.0.1\n", "da"[i%2])
	})
	write("listing", func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n" +
				"  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\nTCP  192.0.2.10:80 wlc\n")
		}
		fmt.Fprintf(b, "  -> %-28s Masq    1      0          0         \n", address(i))
	})
	return out
}

func BenchmarkParse(b *testing.B) {
	for name, text := range big(100_000) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rules.Parse([]rules.Source{{Name: "x", Text: []byte(text)}}, rules.Resolver{})
			}
		})
	}
}
