package keepalived

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// number reads a decimal number between two bounds. A lenient reading, as keepalived has for some values, takes the digits
// that a text begins with, or 0, and leaves a note. What names the value in messages, in which it is not shown.
func (m *mapper) number(s statement, what, text string, low, high uint64, lenient bool) (uint64, bool) {
	digits := strings.TrimLeft(text, spaces)
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	end := 0
	for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	clean := end == len(digits) && !negative
	n, err := strconv.ParseUint("0"+digits[:end], 10, 64)
	if err != nil || n < low || n > high || negative && n != 0 || !clean && !lenient {
		m.ignored(s, fmt.Sprintf("%s is not a number of %d to %d", what, low, high))
		return 0, false
	}
	if !clean {
		m.leave(Taken, s, "keepalived reads %s as %d", what, n)
	}
	return n, true
}

// address reads an address and a port, which may be missing. What stands behind - or / in the address is not read.
func (m *mapper) address(s statement, args []string) (netip.AddrPort, bool) {
	port := uint64(0)
	if len(args) > 1 && strings.Trim(args[1], "0") != "" {
		var ok bool
		if port, ok = m.number(s, "the port", args[1], 1, 65535, true); !ok {
			return netip.AddrPort{}, false
		}
	}
	text := cutRange(args[0])
	a, ok := parseAddr(text)
	if !ok {
		m.ignored(s, "there is no address in it")
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a, uint16(port)), true
}

func cutRange(text string) string {
	if before, _, found := strings.Cut(text, "-"); found {
		return before
	}
	before, _, _ := strings.Cut(text, "/")
	return before
}

func parseAddr(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Zone() == ""
}

// classicIPv4 reads an address the old way, in which 255.255 is 255.0.0.255, 0xff is hexadecimal and 010 is octal.
func classicIPv4(text string) (uint32, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return 0, false
	}
	var out uint32
	for i, part := range parts {
		size := 8
		if i == len(parts)-1 {
			size = 8 * (4 - i)
		}
		n, ok := classicNumber(part, size)
		if !ok {
			return 0, false
		}
		if i == len(parts)-1 {
			out |= uint32(n)
		} else {
			out |= uint32(n) << (24 - 8*i)
		}
	}
	return out, true
}

func classicNumber(text string, size int) (uint64, bool) {
	base := 10
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "0x") {
		base, text = 16, text[2:]
	} else if strings.HasPrefix(text, "0") {
		base = 8
	}
	n, err := strconv.ParseUint(text, base, size)
	return n, err == nil && !strings.HasPrefix(text, "+")
}

// truth reads the word behind a switch, which is on if there is none.
func truth(args []string) (on, ok bool) {
	if len(args) == 0 {
		return true, true
	}
	switch args[0] {
	case "true", "on", "yes":
		return true, true
	case "false", "off", "no":
		return false, true
	}
	return false, false
}

// granularity reads a mask, or for IPv6 a length.
func (m *mapper) granularity(s statement, text string, f spec.Family) (spec.Netmask, bool) {
	if f == spec.IPv6 {
		n, ok := m.number(s, "it", text, 1, 128, false)
		return spec.PrefixIPv6(uint8(n)), ok
	}
	n, ok := classicIPv4(text)
	if !ok {
		m.ignored(s, "it is not a mask")
	}
	return spec.MaskIPv4(n), ok
}
