package hclspec

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// settings reads the lvsform block, which is about the tool and takes constants only. ok is false if the configuration
// is for another version: the rest of it would be full of errors that are none.
func (l *loader) settings() (ok bool) {
	l.layer = "lvsform"
	ok = true
	for i, block := range l.blocks["lvsform"] {
		if i > 0 {
			l.errorf("LVS007", block.DefRange, "Repeated block", "There is one lvsform block, and the first is at %s: put all settings there.", l.blocks["lvsform"][0].DefRange)
			continue
		}
		b := l.open(block, settingsKind, &hcl.EvalContext{})
		if a, found := b.get("required_version"); found {
			ok = l.requiredVersion(a)
		}
		if a, found := b.get("max_destroy"); found {
			l.common.MaxDestroy = a.limit()
		}
		if c := b.child("ownership"); c != nil {
			l.ownership(c)
		}
	}
	return ok
}

func (l *loader) ownership(b *body) {
	o := &l.common.Ownership
	if a, ok := b.get("unmanaged"); ok {
		word, _ := a.word([]string{"report", "ignore", "destroy"}, "value of unmanaged")
		o.Unmanaged = spec.Unmanaged(word)
	}
	c := b.child("ignore")
	if c == nil {
		return
	}
	for _, e := range c.list("addresses") {
		if p, ok := e.prefix(); ok {
			o.IgnoreAddresses = append(o.IgnoreAddresses, p)
		}
	}
	for _, e := range c.list("fwmarks") {
		if r, ok := e.markRange(); ok {
			o.IgnoreMarks = append(o.IgnoreMarks, r)
		}
	}
	for _, e := range c.list("interfaces") {
		if name, ok := e.text(); ok {
			o.IgnoreInterfaces = append(o.IgnoreInterfaces, name)
		}
	}
}

// list evaluates an attribute that is a list.
func (b *body) list(name string) []value {
	a, ok := b.get(name)
	if !ok {
		return nil
	}
	elements, _ := a.elements()
	return elements
}

// prefix reads a network, or an address alone.
func (a value) prefix() (netip.Prefix, bool) {
	text, ok := a.text()
	if !ok {
		return netip.Prefix{}, false
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	a.errorf("LVS017", "Invalid address", "%q is not an address or a network: write one such as \"192.0.2.10\" or \"198.51.100.0/24\".", text)
	return netip.Prefix{}, false
}

// markRange reads 7, or "900-999".
func (a value) markRange() (spec.MarkRange, bool) {
	text, ok := a.text()
	if !ok {
		return spec.MarkRange{}, false
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	f, err1 := strconv.ParseUint(strings.TrimSpace(first), 10, 32)
	t, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 32)
	if err1 != nil || err2 != nil || f == 0 || f > t {
		a.errorf("LVS020", "Number out of range", "%q is not a firewall mark: write a number from 1 to 4294967295, or a range such as \"900-999\".", text)
		return spec.MarkRange{}, false
	}
	return spec.MarkRange{First: uint32(f), Last: uint32(t)}, true
}

// limit reads 20, or "50%".
func (a value) limit() *spec.Limit {
	text, ok := a.text()
	if !ok {
		return nil
	}
	number, percent := strings.CutSuffix(text, "%")
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	if err != nil || percent && n > 100 {
		a.errorf("LVS020", "Number out of range", "%q is not a limit: write a number such as 20, or a percentage such as \"50%%\".", text)
		return nil
	}
	return &spec.Limit{N: int(n), Percent: percent}
}

// requiredVersion compares the version of the program with constraints such as ">= 0.1.0, < 2". A suffix such as
// -rc1 is not looked at.
func (l *loader) requiredVersion(a value) bool {
	text, ok := a.text()
	if !ok {
		return true
	}
	own, known := parseVersion(l.src.Version)
	known = known && strings.Contains(l.src.Version, ".") // and not a commit that has digits only
	for c := range strings.SplitSeq(text, ",") {
		c = strings.TrimSpace(c)
		op := c[:len(c)-len(strings.TrimLeft(c, "<>=!~"))]
		want, ok := parseVersion(c[len(op):])
		satisfied, valid := compare(op, own, want, strings.Count(c, ".")+1)
		if !ok || !valid {
			a.errorf("LVS040", "Invalid version constraint", "%q is not a version constraint: write one such as \">= 0.1.0\", or several with commas.", c)
			return true
		}
		if known && !satisfied {
			l.diags = nil // what the other version has and this one does not
			a.errorf("LVS041", "Other version required", "The configuration is for lvsform %s, and this is %s: use such a version, or change required_version.", text, l.src.Version)
			return false
		}
	}
	return true
}

func compare(op string, own, want [3]uint64, parts int) (satisfied, valid bool) {
	order := 0
	for i := 2; i >= 0; i-- {
		if c := cmp.Compare(own[i], want[i]); c != 0 {
			order = c
		}
	}
	switch op {
	case "", "=":
		return order == 0, true
	case "!=":
		return order != 0, true
	case ">":
		return order > 0, true
	case ">=":
		return order >= 0, true
	case "<":
		return order < 0, true
	case "<=":
		return order <= 0, true
	case "~>":
		same := own[0] == want[0] && (parts < 3 || own[1] == want[1])
		return order >= 0 && same, true
	}
	return false, false
}

// parseVersion reads 1, 1.2, 1.2.3, v1.2.3 and 1.2.3-rc1.
func parseVersion(text string) (v [3]uint64, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "v"), "+")
	text, _, _ = strings.Cut(text, "-")
	parts := strings.Split(text, ".")
	if len(parts) > 3 {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return v, false
		}
		v[i] = n
	}
	return v, true
}
