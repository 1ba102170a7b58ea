package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// LedgerFile is where one instance's ledger is kept. It lives as long as the kernel's table does: below /run, and with the
// boot that it belongs to written into it. Losing it loses the right to delete, nothing else.
type LedgerFile struct {
	// Dir is the directory of the node's network namespace; it is made when needed.
	Dir string
	// Instance is "" for the usual one, else a name for which CheckInstance has no error.
	Instance string
	// Boot is plan.Host.Boot: a ledger of another boot is an empty one.
	Boot string
}

const ledgerFormat = "1.0"

type ledgerJSON struct {
	FormatVersion string          `json:"format_version"`
	Boot          string          `json:"boot_id"`
	Instance      string          `json:"instance"`
	Objects       json.RawMessage `json:"objects"`
}

// usual is what others call the instance that has no name.
const usual = "default"

// CheckInstance says whether a name can be an instance's.
func CheckInstance(name string) error {
	if name == usual {
		return fmt.Errorf("%q is what the instance without a name is called: give another name, or none", name)
	}
	if !regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]{0,31})?$`).MatchString(name) {
		return fmt.Errorf("%q cannot be the name of an instance: use at most 32 letters, digits, - and _", name)
	}
	return nil
}

func (f LedgerFile) path() string {
	if f.Instance == "" {
		return filepath.Join(f.Dir, "ledger.json")
	}
	return filepath.Join(f.Dir, "ledger-"+f.Instance+".json")
}

// Load is the ledger; without a file, or with one of an earlier boot, it is empty.
func (f LedgerFile) Load() (plan.Ledger, error) {
	info, err := os.Stat(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return plan.Ledger{}, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading the ledger: %s: not a regular file", f.path())
	}
	text, err := os.ReadFile(f.path())
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	l, err := f.decode(text)
	if err != nil {
		return nil, fmt.Errorf("the ledger %s cannot be used: %w: remove it, and lvsform owns nothing until objects are adopted again", f.path(), err)
	}
	return l, nil
}

func (f LedgerFile) decode(text []byte) (plan.Ledger, error) {
	var j ledgerJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, spec.JSONError(text, err)
	}
	if major, _, _ := strings.Cut(j.FormatVersion, "."); major != "1" {
		return nil, fmt.Errorf("its format is %q, and this lvsform reads %s", j.FormatVersion, ledgerFormat)
	}
	l := plan.Ledger{}
	if j.Boot != f.Boot || j.Objects == nil {
		return l, nil
	}
	err := l.UnmarshalJSON(j.Objects)
	return l, err
}

// Save replaces the ledger, whole or not at all.
func (f LedgerFile) Save(l plan.Ledger) error {
	objects, err := l.MarshalJSON()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(ledgerJSON{ledgerFormat, f.Boot, f.Instance, objects}, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFile(f.path(), append(text, '\n')); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}

// Others are the ledgers of the other instances of the same node.
func (f LedgerFile) Others() (plan.Others, error) {
	files, err := filepath.Glob(filepath.Join(f.Dir, "ledger*.json"))
	if err != nil {
		return nil, err
	}
	out := plan.Others{}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		other := LedgerFile{f.Dir, strings.TrimPrefix(strings.TrimPrefix(name, "ledger"), "-"), f.Boot}
		if other == f {
			continue
		}
		l, err := other.Load()
		if err != nil {
			return nil, err
		}
		if other.Instance == "" {
			other.Instance = usual
		}
		out[other.Instance] = l
	}
	return out, nil
}

// writeFile replaces a file so that a reader, a crash or a full disk finds either the old or the new one.
func writeFile(path string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(t.Name())
		}
	}()
	_, err = t.Write(text)
	err = errors.Join(err, t.Sync(), t.Close())
	if err != nil {
		return err
	}
	return os.Rename(t.Name(), path)
}
