//go:build linux

package host

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Families says of the families "inet" and "arp" of nftables what the kernel says to what rules need of them: nil is yes. Nothing
// is made and nothing loaded: where nf_tables is not there, nothing is in the map.
func (d *Driver) Families(ctx context.Context) (says map[string]error, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err = d.within(ctx, func() error {
		says, err = d.rules.Families()
		return err
	})
	return says, err
}

// SourceNAT names where others give packets another source address: chains of nftables such as "ip nat POSTROUTING", and
// "iptables-legacy" or "ip6tables-legacy" if that has a table nat, whose rules are not looked at.
func (d *Driver) SourceNAT(ctx context.Context) (where []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err = d.within(ctx, func() error {
		if where, err = d.rules.SourceNAT(); err != nil {
			return err
		}
		for _, program := range []string{"iptables", "ip6tables"} {
			family := strings.TrimSuffix(program, "tables")
			tables, err := os.ReadFile("/proc/thread-self/net/" + family + "_tables_names")
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if strings.Contains("\n"+string(tables), "\nnat\n") {
				where = append(where, program+"-legacy")
			}
		}
		return nil
	})
	return where, err
}
