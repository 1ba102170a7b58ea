package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
)

// resolveTime is how long all host names of an import may take to look up.
const resolveTime = 20 * time.Second

// resolver looks names up as ipvsadm would: services where the system keeps them, hosts by its resolver.
func resolver(ctx context.Context, noResolve bool) rules.Resolver {
	r := rules.Resolver{Port: func(protocol, name string) (uint16, error) {
		if protocol == "sctp" {
			protocol = "tcp" // which is where Go knows names of, and IANA gives one number to all protocols
		}
		port, err := net.DefaultResolver.LookupPort(ctx, protocol, name)
		if err != nil {
			return 0, errors.New("the system knows no service of that name")
		}
		return uint16(port), nil
	}}
	known := map[string]netip.Addr{}
	r.Host = func(name string) (netip.Addr, error) {
		if noResolve {
			return netip.Addr{}, errors.New("--no-resolve forbids to look it up")
		}
		if a, ok := known[name]; ok {
			return a, nil
		}
		a, err := lookUp(ctx, name)
		if err == nil {
			known[name] = a
		}
		return a, err
	}
	return r
}

// lookUp is the one address of a host. ipvsadm took whichever came first at the time; which one that was nobody knows.
func lookUp(ctx context.Context, name string) (netip.Addr, error) {
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", name)
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		return netip.Addr{}, errors.New("looking it up takes too long")
	case errors.As(err, &dns) && dns.IsNotFound:
		return netip.Addr{}, errors.New("there is no host of that name with an IPv4 address")
	case err != nil:
		return netip.Addr{}, fmt.Errorf("looking it up: %w", err)
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	slices.SortFunc(found, netip.Addr.Compare)
	found = slices.Compact(found)
	if len(found) > 1 {
		var all []string
		for _, a := range found {
			all = append(all, a.String())
		}
		return netip.Addr{}, fmt.Errorf("it has several addresses (%s), and one is meant", strings.Join(all, ", "))
	}
	return found[0], nil
}
