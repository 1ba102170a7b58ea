//go:build linux

package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// What is typed on a node before, while and after something goes wrong, and what is then seen: each page of
// testdata/failures is done by a shell in a network namespace of its own, as the pages for users are. One whose name ends
// in -nft needs nftables, one in -bare a kernel that has none. What does not depend on the kernel is shown on the quick one.
func TestKernelFailures(t *testing.T) {
	pages, err := filepath.Glob("testdata/failures/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	for _, path := range pages {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		t.Run(name, func(t *testing.T) { tryPage(t, path) })
	}
}

func tryPage(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if path, err = filepath.Abs(path); err != nil {
		t.Fatal(err)
	}
	drivertest.Kernel(t)
	if several() && slices.Contains([]string{"disk", "in-the-way", "midway", "plans"}, strings.TrimSuffix(filepath.Base(path), ".md")) {
		return
	}
	if unfit := map[bool]string{true: "-bare.md", false: "-nft.md"}[hasNFT(t)]; strings.HasSuffix(path, unfit) {
		return // the other kernel's
	}
	s := newConsole(t)
	d := &document{t: t, shell: s.command}
	for line := range strings.Lines(string(text)) {
		d.line(line)
	}
	golden(t, path, d.out.String())
}

// console is a shell on a node with one network, in an empty directory that is its own.
type console struct {
	t   *testing.T
	dir string
	in  io.Writer
	out *bufio.Reader
}

// prologue is what every page has beside the configuration in web: lvsform, a look at all of the node, and eth0, with somebody
// at the other end.
const prologue = `
set -o pipefail
echo lb1 > /proc/sys/kernel/hostname
export BE_LVSFORM=1 LVSFORM_RUN_DIR=run GOCOVERDIR=$PWD/bin GORACE=atexit_sleep_ms=0 # of test binaries
PATH=$PWD/bin:$PATH
look() {
	printf '%s\n' link address 'neighbour show nud permanent' rule | ip -o -batch -
	ip fou show; ipvsadm -Sn; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon; nft list ruleset
	grep -rs '' /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/{conf,vs} /proc/sys/net/ipv6/conf
}
sight() { look 2>/dev/null | sed 's/ tentative//' | grep -vE 'base_reachable|stable_secret|mtu_expires|valid_lft [0-9]+sec' | sort; }
note() { sight > before; }
same() { sight > after; diff before after | grep '^[<>]'; cmp -s before after && echo as before; }
apply() { lvsform apply --auto-approve "$@" 2>&1 > /dev/null; }
hold() { lvsform apply --no-drain --auto-approve local > /dev/null 2>&1; exec 3<>/dev/tcp/192.0.2.10/80; }
draining() { lvsform apply --auto-approve $1 > /dev/null 2> said 3>&- & upon "ipvsadm -Sn | grep -q 'w 0'"; }
leave() { exec 3>&-; }
ends() { wait $! 2> /dev/null; echo $?; leave; grep -A9 error: said; }
upon() { for i in {1..400}; do eval "$1" && return; sleep 0.05; done; echo "it does not come true: $1"; }
for i in all default; do echo 0 > /proc/sys/net/ipv6/conf/$i/accept_dad; done
ip link add eth0 type veth peer name peer
ip link set peer up
ip link set eth0 up
ip address add 10.0.0.2/24 dev eth0
upon 'ip -6 -o address show scope link -tentative | grep -c fe80 | grep -qx 2' # which come when the kernel has seen the cable
`

func newConsole(t *testing.T) *console {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Abs("testdata/failures")
	if err != nil {
		t.Fatal(err)
	}
	s := &console{t: t, dir: t.TempDir()}
	t.Chdir(s.dir)
	if err := errors.Join(os.Mkdir("bin", 0o755), os.Symlink(self, "bin/lvsform"), os.CopyFS("web", os.DirFS(files+"/web")),
		os.CopyFS("local", os.DirFS(files+"/local"))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "--uts", "--mount", "bash")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	const loader = "/proc/sys/kernel/modprobe"
	modprobe, err := os.ReadFile(loader)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
		if err := os.WriteFile(loader, modprobe, 0); err != nil {
			t.Error(err)
		}
	})
	listen(t)
	s.in, s.out = in, bufio.NewReader(out)
	if said := s.command(prologue); said != "" {
		t.Fatal(said)
	}
	return s
}

// listen takes connections on port 80 and keeps them as long as clients do.
func listen(t *testing.T) {
	l, err := net.Listen("tcp", ":80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(io.Discard, conn)
				conn.Close()
			}()
		}
	}()
}

const mark = "--- that was it ---"

// command does a command and returns what it says, without what is different each time.
func (s *console) command(line string) string {
	s.t.Helper()
	io.WriteString(s.in, line+"\n{ code_=$?; echo '"+mark+"'; (exit $code_); } 2>&1\n")
	var said []string
	for {
		text, err := s.out.ReadString('\n')
		if before, ok := strings.CutSuffix(text, mark+"\n"); ok {
			return s.tidy(strings.Join(append(said, before), ""))
		}
		if err != nil {
			s.t.Fatalf("%s: %v\n%s", line, err, strings.Join(said, ""))
		}
		said = append(said, text)
	}
}

var (
	spaceNumber = regexp.MustCompile(`net([:-])(\[?)[0-9]{6,}(\]?)(-[0-9]+)?`)
	freshNames  = regexp.MustCompile(`\.(new|lvsform-doctor)-[0-9]+`)
	processes   = regexp.MustCompile(`process [0-9]+, since [0-9:]+`)
)

func (s *console) tidy(text string) string {
	text = strings.ReplaceAll(text, s.dir, "DIR")
	text = spaceNumber.ReplaceAllString(text, "net${1}${2}NUMBER${3}")
	text = freshNames.ReplaceAllString(text, ".$1-NUMBER")
	return processes.ReplaceAllString(text, "process NUMBER, since TIME")
}
