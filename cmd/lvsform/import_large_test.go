//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// shapes are texts of so many lines, or one more, each of another shape.
func shapes(lines int) map[string][]byte {
	address := func(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }
	out := map[string][]byte{"services of 99 servers": dumpOf(lines)}
	write := func(name, head string, line func(i int) string) {
		text := bytes.NewBufferString(head)
		for i := range lines {
			text.WriteString(line(i) + "\n")
		}
		out[name] = text.Bytes()
	}
	write("one service", "-A -t 192.0.2.10:80 -s wlc\n", func(i int) string {
		return fmt.Sprintf("-a -t 192.0.2.10:80 -r %s:80 -g -w 1", address(i))
	})
	write("services without servers", "", func(i int) string { return fmt.Sprintf("-A -t %s:80 -s wlc", address(i)) })
	write("ports of one address", "", func(i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("-A -t 192.0.2.10:%d -s wlc", i/2+1)
		}
		return fmt.Sprintf("-a -t 192.0.2.10:%d -r %s:80 -m -w %d", i/2+1, address(i), i)
	})
	write("marks of a script", "", func(i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("ipvsadm -A -f %d -p", i+1)
		}
		return fmt.Sprintf("ipvsadm -a -f %d -r 10.0.0.1 -g", i)
	})
	write("ports that are no service's", "-A -t 192.0.2.11:80 -s wlc\n", func(i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("-A -t %s:80 -s wlc", address(i))
		}
		return fmt.Sprintf("-a -t %s:80 -r 10.0.0.1:8080 -g -w 1", address(i-1))
	})
	write("listing", "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n"+
		"  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\nTCP  192.0.2.10:80 wlc\n", func(i int) string {
		return fmt.Sprintf("  -> %-28s Masq    1      0          0", address(i)+":80")
	})
	return out
}

// The whole command takes twice as much for twice the lines: what it allocates says so on every machine, however busy that
// is. BenchmarkImport has the time.
func TestImportIsLinear(t *testing.T) {
	linear(t, "100,000 lines", dumpOf(50_000), dumpOf(100_000))
	small, large := shapes(5_000), shapes(10_000)
	for name := range small {
		linear(t, name, small[name], large[name])
	}
}

func linear(t *testing.T, name string, small, large []byte) {
	t.Helper()
	objects, size := allocated(t, small)
	more, larger := allocated(t, large)
	if n, b := float64(more)/float64(objects), float64(larger)/float64(size); n > 2.2 || b > 2.5 {
		t.Errorf("%s: twice the lines take %.2f times the objects and %.2f times the bytes", name, n, b)
	}
}

// allocated is what an import of a text allocates.
func allocated(t *testing.T, text []byte) (objects, size uint64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dump")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	benchRun(t, t.TempDir(), exitDone, "import", path)
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}

// BenchmarkImport imports texts of 50,000 and 100,000 lines: twice the lines take twice the time.
func BenchmarkImport(b *testing.B) {
	for _, lines := range []int{50_000, 100_000} {
		for name, text := range shapes(lines) {
			b.Run(fmt.Sprint(name, " ", lines), func(b *testing.B) {
				path := filepath.Join(b.TempDir(), "dump")
				if err := os.WriteFile(path, text, 0o644); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					benchRun(b, b.TempDir(), exitDone, "import", path)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(lines), "us/line")
			})
		}
	}
}

// dumpOf are rules of services with 99 servers each, as ipvsadm -Sn prints them.
func dumpOf(lines int) []byte {
	var text bytes.Buffer
	for i := range lines {
		service, server := i/100, i%100
		vip := fmt.Sprintf("192.0.%d.%d:80", service/250, service%250+1)
		if server == 0 {
			fmt.Fprintf(&text, "-A -t %s -s wlc\n", vip)
			continue
		}
		fmt.Fprintf(&text, "-a -t %s -r 10.%d.%d.%d:80 -g -w %d\n", vip, service/250, service%250, server, server)
	}
	return text.Bytes()
}
