//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

const vrrp = `vrrp_instance web {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 1
  virtual_ipaddress {
    198.51.100.10/24
  }
}
`

const withChecks = vrrp + `
global_defs {
  lvs_timeouts tcp 800
}

virtual_server 10.0.0.10 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  delay_loop 1

  real_server 10.1.0.11 80 {
    TCP_CHECK {
      connect_timeout 60
    }
  }

  real_server 10.1.0.12 80 {
    weight 3
    TCP_CHECK {
      connect_timeout 60
    }
  }
}
`

const checkedRules = "-A -t 10.0.0.10:80 -s rr\n-a -t 10.0.0.10:80 -r 10.1.0.11:80 -m -w 1\n-a -t 10.0.0.10:80 -r 10.1.0.12:80 -m -w 3\n"

// oldDirector is a director that keepalived runs, with servers that answer.
type oldDirector struct {
	*world
	lab *drivertest.Lab
}

func newOldDirector(t *testing.T) *oldDirector {
	k := &oldDirector{lab: drivertest.NewLab(t, 2), world: newWorld(t)}
	if err := drivertest.Estimate(true); err != nil { // counters are the witness
		t.Fatal(err)
	}
	k.lab.Serve(80)
	for _, line := range []string{"link add eth0 type veth peer name eth1", "address add 198.51.100.1/24 dev eth0", "link set eth1 up", "link set eth0 up"} {
		drivertest.Run(t, "ip", strings.Fields(line)...)
	}
	k.kernel = true
	k.variables["LVSFORM_RUN_DIR"] = k.path("run")
	k.write("keepalived.conf", withChecks)
	k.write("vrrp.conf", vrrp)
	k.launch()
	k.until("the table", func() bool { return savedRules(t) == checkedRules })
	k.until("the address", k.hasAddress)
	return k
}

func (k *oldDirector) launch() {
	var log bytes.Buffer
	cmd := exec.Command("keepalived", "--dont-fork", "--log-console", "-f", k.path("keepalived.conf"),
		"-p", k.path("keepalived.pid"), "-c", k.path("checkers.pid"), "-r", k.path("vrrp.pid"))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		if k.t.Failed() {
			k.t.Log(log.String())
		}
	})
}

func (k *oldDirector) pid(of string) int {
	k.t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(k.read(of + ".pid")))
	if err != nil {
		k.t.Fatal(err)
	}
	return pid
}

func (k *oldDirector) signal(s syscall.Signal) {
	k.t.Helper()
	if err := syscall.Kill(k.pid("keepalived"), s); err != nil {
		k.t.Fatal(err)
	}
}

func (k *oldDirector) hasAddress() bool {
	return strings.Contains(drivertest.Run(k.t, "ip", "address", "show", "eth0"), "198.51.100.10/24")
}

// until waits for something to become true.
func (k *oldDirector) until(what string, f func() bool) {
	k.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			k.t.Fatalf("%s: waited in vain; the table is\n%s", what, savedRules(k.t))
		}
	}
}

// watched looks at the table and the address until something is over, and at least a hundred times.
func (k *oldDirector) watched(over <-chan error) {
	k.t.Helper()
	want := k.servers()
	for looks, ended := 0, false; !ended || looks < 100; looks++ {
		if got := k.servers(); got != want {
			k.t.Fatalf("the table is\n%s\nand was\n%s", got, want)
		}
		select {
		case err := <-over:
			if err != nil || !k.hasAddress() {
				k.t.Fatalf("%v, after %d looks; the address is there: %v", err, looks, k.hasAddress())
			}
			ended = true
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// servers is the table without the numbers of connections.
func (k *oldDirector) servers() string {
	b, err := os.ReadFile("/proc/thread-self/net/ip_vs")
	if err != nil {
		k.t.Fatal(err)
	}
	return regexp.MustCompile(`(?m) +[0-9]+ +[0-9]+ +$`).ReplaceAllString(string(b), "")
}

func TestKernelHandOver(t *testing.T) {
	const vip = 80
	t.Run("a reload without the services removes them", func(t *testing.T) {
		k := newOldDirector(t)
		k.write("keepalived.conf", vrrp)
		k.signal(syscall.SIGHUP)
		k.until("the services to go", func() bool { return savedRules(t) == "" })
	})
	t.Run("a stop removes them", func(t *testing.T) {
		k := newOldDirector(t)
		k.signal(syscall.SIGTERM)
		k.until("the services to go", func() bool { return savedRules(t) == "" })
	})
	t.Run("the way of the page leaves them", func(t *testing.T) {
		k := newOldDirector(t)
		conn, err := k.lab.Dial(vip)
		if err != nil {
			t.Fatal(err)
		}
		k.write("etc/README", "")
		k.run(exitDone, "import", k.path("keepalived.conf"), "--out", k.path("etc/web.lvs.hcl"))
		k.run(exitDone, "apply", "--auto-approve", "--allow", "create", k.path("etc"))
		k.says(k.out, "imported, 0 added, 0 changed, 0 destroyed.")
		before := [2]int{k.pid("vrrp"), k.pid("checkers")}
		k.watched(k.script("handover.sh"))
		k.until("another checker", func() bool {
			text, _ := os.ReadFile(k.path("checkers.pid"))
			now, err := strconv.Atoi(strings.TrimSpace(string(text)))
			return err == nil && now != before[1]
		})
		if k.pid("vrrp") != before[0] {
			t.Errorf("VRRP was process %d and is %d", before[0], k.pid("vrrp"))
		}
		k.signal(syscall.SIGHUP)
		k.watched(after(3 * time.Second))
		if err := conn.Ping(); err != nil {
			t.Error(err)
		}
		if _, err := k.lab.Dial(vip); err != nil {
			t.Error(err)
		}
		k.until("the service that was there to have counted both connections", func() bool {
			return regexp.MustCompile(`TCP  10.0.0.10:80 +2 `).MatchString(drivertest.Run(t, "ipvsadm", "-Ln", "--stats"))
		})
		k.signal(syscall.SIGTERM)
		k.until("the address to go", func() bool { return !k.hasAddress() })
		k.run(exitDone, "drift", k.path("etc"))
		if got := savedRules(t); got != checkedRules {
			t.Errorf("the table is\n%s", got)
		}
	})
}

func after(d time.Duration) <-chan error {
	over := make(chan error)
	time.AfterFunc(d, func() { over <- nil })
	return over
}

// script runs a script of the page, with its paths in this world.
func (k *oldDirector) script(name string) <-chan error {
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	k.write("bin/README", "")
	if err := os.Symlink(self, k.path("bin/lvsform")); err != nil {
		k.t.Fatal(err)
	}
	text := strings.NewReplacer("/etc/lvsform", k.path("etc"), "/etc/keepalived", k.dir, "/run", k.dir).Replace(readGuide(k.t).files[name])
	cmd := exec.Command("bash", "-c", text)
	cmd.Env = append(os.Environ(), "BE_LVSFORM=1", "GORACE=atexit_sleep_ms=0", "LVSFORM_RUN_DIR="+k.path("run"), "PATH="+k.path("bin")+":"+os.Getenv("PATH"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	over := make(chan error)
	go func() {
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, said.String())
		}
		over <- err
	}()
	return over
}
