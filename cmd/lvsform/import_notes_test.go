package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImportWithManyWarnings(t *testing.T) {
	w := newWorld(t)
	for port := range 60 {
		w.in += fmt.Sprintf("ipvsadm -A -t 192.0.2.10:%d -s rr -b flag-1\n", port+1)
	}
	w.run(exitError, "import", "-")
	w.says(w.err, "lvsform: error: nothing can be imported from ipvsadm's rules in <stdin>: left out are 60 services\n")
	w.in += "ipvsadm -A -t 192.0.2.11:80 -s rr\n"
	w.run(exitDone, "import", "-")
	w.says(w.err, "lvsform: warning: and 11 more, which are in the comment on top of the configuration\nImported 1 service. Left out: 60 services.\n")
	if n := strings.Count(w.err, "warning: Left out: "); n != mostWarnings {
		t.Errorf("%d warnings", n)
	}
	if n := strings.Count(w.out, "# Left out: "); n != 60 {
		t.Errorf("%d comments", n)
	}
}

// With a file that has all notes, standard error has those that matter to the table.
func TestImportIntoAFileSaysWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	var conf strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&conf, "virtual_server 10.%d.%d.1 80 {\n delay_loop 5\n lb_kind DR\n real_server 10.9.9.1 80 {\n  weight 1\n TCP_CHECK {\n }\n }\n}\n", i/256, i%256)
	}
	w.write("keepalived.conf", conf.String()+"sorry_server 10.9.9.2 80\n")
	t.Chdir(w.dir)
	w.run(exitDone, "import", "keepalived.conf", "--out=main.lvs.hcl")
	want := "lvsform: warning: Left out: the keyword sorry_server is not known in a configuration (keepalived.conf:9001)\n" +
		"2 more notes stand at the top of main.lvs.hcl.\nImported 1000 services, 1000 servers.\n"
	if diff := cmp.Diff(want, w.err); diff != "" {
		t.Errorf("stderr (-want +got)\n%s", diff)
	}
	w.says(w.read("main.lvs.hcl"), "# virtual_server (1000 times): no protocol is set, which is UDP to keepalived (keepalived.conf:1, 10, 19, 28, 37, 46, 55, 64 and 992 more places)\n")
	w.says(w.read("main.lvs.hcl"), "# Left out: health checks of 1000 virtual servers: delay_loop, TCP_CHECK (keepalived.conf:2, 11, ")
}

// So it does with what ipvsadm's texts do not say, or may say otherwise than it is.
func TestImportIntoAFileSaysWhatIsInDoubt(t *testing.T) {
	for text, want := range map[string]string{
		"-A -t 192.0.2.10:80 -s rr\n":                                           "dump: a dump has no timeouts and sync daemons: ",
		"ipvsadm -A -t 192.0.2.10:80 -s rr":                                     "dump:1: the last line has no end: the text may be cut off\n",
		"ipvsadm -A -t 192.0.2.10:80\nipvsadm -a -t 192.0.2.10:80 -r 10.1:90\n": "dump:2: a server that is not masqueraded gets its service's port from ipvsadm, ",
	} {
		w := newWorld(t)
		w.write("dump", text)
		t.Chdir(w.dir)
		w.run(exitDone, "import", "dump", "--out=main.lvs.hcl")
		w.says(w.err, "lvsform: warning: "+want)
		w.says(w.read("main.lvs.hcl"), "# "+want)
	}
}
