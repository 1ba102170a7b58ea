package fake

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// machine is the program at work.
type machine struct {
	dir   string
	table *file.Driver
}

func (m *machine) main(args []string) (status int, err error) {
	s, err := m.table.Read(context.Background())
	if err != nil {
		return 0, err
	}
	if m.light(args) {
		fmt.Fprintln(os.Stderr, "illegal weight specified")
		return 2, nil
	}
	switch strings.Join(args, " ") {
	case "-a -w 65536 --lvsform-0":
		fmt.Fprintln(os.Stderr, "--lvsform-0: unknown option")
		return 255, nil
	case "--version":
		fmt.Println("ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)")
	case "-R":
		return m.restore()
	case "-Sn":
		text, err := rules.Save(saved(s))
		os.Stdout.Write(text)
		return 0, err
	case "-Ln --tun-info":
		list(s, "Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn",
			func(d spec.Destination) string { return fmt.Sprintf("%s n/a %d 0 0", forwards[d.Forward], d.Weight) })
	case "-Ln":
		list(s, "Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
			func(d spec.Destination) string { return fmt.Sprintf("%s %d 0 0", forwards[d.Forward], d.Weight) })
	case "-Ln --thresholds":
		list(s, "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n  -> RemoteAddress:Port",
			func(d spec.Destination) string { return fmt.Sprintf("%d %d 0 0", d.UpperThreshold, d.LowerThreshold) })
	case "-Ln --persistent-conn":
		list(s, "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n  -> RemoteAddress:Port",
			func(d spec.Destination) string { return fmt.Sprintf("%d 0 0 0", d.Weight) })
	case "-Ln --timeout":
		t := s.Timeouts[spec.TimeoutsKey{}]
		fmt.Printf("Timeout (tcp tcpfin udp): %d %d %d\n", t.TCP, t.TCPFin, t.UDP)
	case "-Ln --daemon":
		for k, d := range s.SyncDaemons {
			fmt.Printf("%s sync daemon (mcast=%s, syncid=%d, maxlen=%d, group=%s, port=%d, ttl=%d)\n", k.Role, d.Interface, d.SyncID, d.MaxLen, d.Group, d.Port, d.TTL)
		}
	default:
		return 0, fmt.Errorf("unexpected arguments %q", args)
	}
	return 0, nil
}

// light says that there is a weight among the arguments that the program does not take.
func (m *machine) light(args []string) bool {
	i := slices.Index(args, "-w") + 1
	if i == 0 || i == len(args) {
		return false
	}
	_, err := os.Stat(filepath.Join(m.dir, upstream))
	n, _ := strconv.Atoi(args[i])
	return err == nil && n > rules.CommonWeight
}

// saved is a state as -Sn shows it.
func saved(s spec.State) spec.State {
	out := spec.State{Services: s.Services}
	for k, d := range s.Destinations {
		d.UpperThreshold, d.LowerThreshold = 0, 0
		if d.Forward == spec.Local {
			d.Forward = spec.Direct
		}
		out.Set(k, d)
	}
	return out
}

var forwards = map[spec.Forward]string{spec.Masquerade: "Masq", spec.Local: "Local", spec.TunnelTo: "Tunnel", spec.Direct: "Route"}

// list prints services without an option, which is all that the tests have, and a row for each destination.
func list(s spec.State, title string, row func(spec.Destination) string) {
	fmt.Println("IP Virtual Server version 1.2.1 (size=4096)\n" + title)
	servers := s.Servers()
	for k, v := range s.Services {
		fmt.Printf("%-4s %s %s\n", strings.ToUpper(k.Protocol.String()), k.Address, v.Scheduler)
		for _, d := range servers[k] {
			fmt.Printf("  -> %-28s %s\n", d.Address, row(s.Destinations[d]))
		}
	}
}

// restore executes the lines of standard input.
func (m *machine) restore() (status int, err error) {
	n := map[bool]int{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 2 && strings.HasPrefix(words[1], "--lvsform-") {
			fmt.Fprintf(os.Stderr, "%s: unknown option\n", words[1])
			status = 255
			continue
		}
		if m.light(words) {
			fmt.Fprintln(os.Stderr, "illegal weight specified")
			return 2, nil
		}
		lists := strings.ContainsAny(words[0], "SL")
		n[lists]++
		f, strikes := m.fault(lists, n[lists])
		switch {
		case strikes && !f.Done:
			status = 0
		case lists:
			status, err = m.main(words)
		default:
			status, err = m.execute(lines.Text())
		}
		if err != nil {
			return 0, err
		}
		if !strikes {
			continue
		}
		if f.Then != nil {
			if err := f.Then.save(m.dir, listFault); err != nil {
				return 0, err
			}
		}
		if f.strike() {
			return f.Exit, nil
		}
	}
	return status, lines.Err()
}

// fault is the one that strikes at the n-th listing or change.
func (m *machine) fault(lists bool, n int) (f Fault, strikes bool) {
	path := filepath.Join(m.dir, changeFault)
	if lists {
		path = filepath.Join(m.dir, listFault)
	}
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &f) != nil || f.At != n && (!lists || f.At != 0) {
		return f, false
	}
	return f, f.Always || os.Remove(path) == nil
}

// strike lets a fault happen, and says whether the program ends.
func (f Fault) strike() (end bool) {
	fmt.Print(f.Print)
	fmt.Fprint(os.Stderr, f.Say)
	time.Sleep(f.Wait)
	for f.Until != "" {
		if _, err := os.Stat(f.Until); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if f.Kill != 0 {
		_ = syscall.Kill(os.Getpid(), f.Kill)
		time.Sleep(time.Hour) // the signal is on its way
	}
	return f.Exit != 0
}

var words = map[syscall.Errno]string{
	syscall.EEXIST: "Service already exists", syscall.ENOENT: "Scheduler or persistence engine not found", syscall.ESRCH: "No such service",
	syscall.ERANGE: "Numerical result out of range", syscall.EINVAL: "Invalid operation.  Possibly wrong module version, address not unicast, ...",
}

// execute does what one line says to the table, as the kernel would.
func (m *machine) execute(line string) (status int, err error) {
	before, err := m.table.Read(context.Background())
	if err != nil {
		return 0, err
	}
	text, err := rules.Save(before)
	if err != nil {
		return 0, err
	}
	dump, err := rules.Parse([]rules.Source{{Name: "table", Text: append(text, line+"\n"...)}}, rules.Resolver{})
	if err != nil {
		fmt.Fprintln(os.Stderr, words[syscall.EEXIST])
		return 255, nil
	}
	for _, r := range m.table.Do(context.Background(), plan.Diff(before.Table(), dump.State, plan.Options{}).Changes()) {
		if refusal, ok := errors.AsType[*spec.Refusal](r.Err); ok {
			fmt.Fprintln(os.Stderr, words[refusal.Errno])
			return 255, nil
		}
		if r.Err != nil {
			return 0, r.Err
		}
	}
	return 0, nil
}
