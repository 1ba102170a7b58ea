//go:build linux

package ipvsadm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/drivers/internal/netns"
)

// program is the ipvsadm of a network namespace.
type program struct {
	path     string
	space    *netns.Space
	patience time.Duration

	gate sync.Mutex
	// group is the process group of the program that runs, and killed says that no other may.
	group  int
	killed bool

	// weighed says that the program was asked about heavy weights, and light why it takes none, or "".
	weighed bool
	light   string
}

const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin"

// find looks in PATH, and where an ordinary user's PATH does not lead.
func find(name string) (string, error) {
	if name == "" {
		name = "ipvsadm"
	}
	path, err := exec.LookPath(name)
	places := []string{name}
	if !strings.Contains(name, "/") {
		places = nil
		for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
			places = append(places, filepath.Join(dir, name))
		}
	}
	useless := ""
	for i := 0; err != nil && i < len(places); i++ {
		if there, wrong := exec.LookPath(places[i]); wrong == nil {
			path, err = there, nil
		} else if useless == "" && errors.Is(wrong, fs.ErrPermission) {
			useless = places[i]
		}
	}
	switch {
	case err == nil:
		return filepath.Abs(path)
	case useless != "":
		return "", fmt.Errorf("the program %s is not executable", useless)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("the program %s is not there: install the package ipvsadm, or use the driver netlink, which needs no program", name)
	}
	return "", fmt.Errorf("the program %s: %w", name, err)
}

const (
	// How long the pipes may stay open after the program has ended: a child of it may hold them.
	waitForPipes = 2 * time.Second
	// More than this no listing has: a read takes some 390 bytes for each of half a million destinations.
	mostListed = 200 << 20
)

// explain words the end of a run that should have gone well, with what the program said.
func (p *program) explain(err error, said string, args ...string) error {
	if no := initError(said); no != nil {
		err, said = no, ""
	}
	err = fmt.Errorf("%s %s: %w", p.path, strings.Join(args, " "), ending(err))
	if said != "" {
		err = fmt.Errorf("%w: %s", err, quote(said))
	}
	return err
}

// ending says how a process ended.
func ending(err error) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Errorf("it was ended by a signal (%s)", status.Signal())
	}
	return fmt.Errorf("it ended with status %d", exit.ExitCode())
}

// quote is a program's words as an error has them.
func quote(said string) string { return fmt.Sprintf("%.300q", strings.TrimSpace(said)) }
