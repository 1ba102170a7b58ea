//go:build linux

package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/ipvs"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// oracle reads the namespace's table with somebody else's code: cloudflare/ipvs, and ipvsadm for what that cannot see.
func oracle(t *testing.T) (s spec.State) {
	t.Helper()
	c, err := ipvs.New()
	if err != nil {
		t.Fatal(err)
	}
	defer c.(io.Closer).Close()
	timeouts, err := c.Config()
	if err != nil {
		t.Fatal(err)
	}
	s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: timeouts.TCPTimeout, TCPFin: timeouts.TCPFinTimeout, UDP: timeouts.UDPTimeout})
	services, err := c.Services()
	if err != nil && !errors.Is(err, os.ErrNotExist) { // its word for none
		t.Fatal(err)
	}
	for _, x := range services {
		k, v := oracleService(t, x.Service)
		s.Set(k, v)
		servers, err := c.Destinations(x.Service)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, d := range servers {
			s.Set(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(d.Address, d.Port)}, spec.Destination{
				Forward: spec.Forward(d.FwdMethod), Weight: d.Weight, UpperThreshold: d.UpperThreshold, LowerThreshold: d.LowerThreshold,
				Tunnel: spec.Tunnel{Type: spec.TunnelType(d.TunnelType), Port: d.TunnelPort, Checksum: spec.Checksum(d.TunnelFlags)},
			})
		}
	}
	oracleEngines(t, &s)
	oracleDaemons(t, &s)
	return s
}

func oracleService(t *testing.T, x ipvs.Service) (spec.ServiceKey, spec.Service) {
	t.Helper()
	k := spec.Mark(x.FWMark, spec.Family(x.Family))
	if x.FWMark == 0 {
		k = spec.Listener(spec.Protocol(x.Protocol), netip.AddrPortFrom(x.Address, x.Port))
	}
	v := spec.Service{
		Scheduler: x.Scheduler, Timeout: x.Timeout,
		Persistent: x.Flags&ipvs.ServicePersistent != 0, OnePacket: x.Flags&ipvs.ServiceOnePacket != 0,
		Flags: spec.SchedulerFlags(x.Flags &^ (ipvs.ServicePersistent | ipvs.ServiceOnePacket | ipvs.ServiceHashed)),
	}
	if x.Flags&ipvs.ServiceHashed == 0 {
		t.Errorf("%s is not hashed", k)
	}
	if x.Family == ipvs.INET6 {
		v.Netmask = spec.PrefixIPv6(uint8(x.Netmask.Bits()))
	} else {
		v.Netmask = spec.MaskIPv4(binary.BigEndian.Uint32(x.Netmask.AsSlice()))
	}
	return k, v
}

// Lines such as "-A -u 192.0.2.10:80 -s rr -p 60 --pe sip".
func oracleEngines(t *testing.T, s *spec.State) {
	t.Helper()
	for line := range strings.Lines(drivertest.Run(t, "ipvsadm", "-Sn")) {
		words := strings.Fields(line)
		i := slices.Index(words, "--pe")
		if i < 0 {
			continue
		}
		k := saveKey(t, words)
		v, ok := s.Services[k]
		if !ok {
			t.Errorf("ipvsadm shows %s", line)
		}
		v.Engine = words[i+1]
		s.Set(k, v)
	}
}

func saveKey(t *testing.T, words []string) spec.ServiceKey {
	t.Helper()
	var mark uint32
	switch words[1] {
	case "-f":
		var signed int64
		if _, err := fmt.Sscan(words[2], &signed); err != nil {
			t.Fatal(err)
		}
		mark = uint32(signed)
		if len(words) > 3 && words[3] == "-6" {
			return spec.Mark(mark, spec.IPv6)
		}
		return spec.Mark(mark, spec.IPv4)
	case "-t":
		return spec.Listener(spec.TCP, netip.MustParseAddrPort(words[2]))
	case "-u":
		return spec.Listener(spec.UDP, netip.MustParseAddrPort(words[2]))
	case "--sctp-service":
		return spec.Listener(spec.SCTP, netip.MustParseAddrPort(words[2]))
	}
	t.Fatalf("ipvsadm shows %q", words)
	return spec.ServiceKey{}
}

// Lines such as "master sync daemon (mcast=lo, syncid=1, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)".
func oracleDaemons(t *testing.T, s *spec.State) {
	t.Helper()
	for line := range strings.Lines(drivertest.Run(t, "ipvsadm", "-Ln", "--daemon")) {
		role, rest, _ := strings.Cut(line, " sync daemon (")
		r, err := spec.ParseRole(role)
		if err != nil {
			t.Fatal(err)
		}
		var d spec.SyncDaemon
		for word := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(rest), ")"), ", ") {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "mcast":
				d.Interface = value
			case "syncid":
				_, err = fmt.Sscan(value, &d.SyncID)
			case "maxlen":
				_, err = fmt.Sscan(value, &d.MaxLen)
			case "group":
				d.Group, err = netip.ParseAddr(value)
			case "port":
				_, err = fmt.Sscan(value, &d.Port)
			case "ttl":
				_, err = fmt.Sscan(value, &d.TTL)
			default:
				err = fmt.Errorf("ipvsadm shows %q", word)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		s.Set(spec.SyncDaemonKey{Role: r}, d)
	}
}

// saved is what ipvsadm -Sn must print for a state that it can save, sorted.
func saved(s spec.State) (lines []string) {
	for k, v := range s.Services {
		line := "-A " + saveName(k) + " -s " + v.Scheduler
		if v.Persistent {
			line += fmt.Sprintf(" -p %d", v.Timeout)
			switch {
			case v.Netmask == spec.Netmask{}:
			case k.Family() == spec.IPv6:
				line += fmt.Sprintf(" -M %d", v.Netmask.IPv6())
			default:
				line += " -M " + v.Netmask.String()
			}
		}
		if v.Engine != "" {
			line += " --pe " + v.Engine
		}
		if v.OnePacket {
			line += " -o"
		}
		if names := v.Flags.Names(v.Scheduler); len(names) > 0 {
			line += " -b " + strings.Join(names, ",")
		}
		lines = append(lines, line)
	}
	methods := map[spec.Forward]string{spec.Masquerade: "-m", spec.Direct: "-g", spec.Local: "-g", spec.TunnelTo: "-i"}
	sums := map[spec.Checksum]string{spec.ChecksumNone: "--tun-nocsum", spec.ChecksumFull: "--tun-csum", spec.ChecksumRemote: "--tun-remcsum"}
	for k, v := range s.Destinations {
		line := fmt.Sprintf("-a %s -r %s %s -w %d", saveName(k.Service), k.Address, methods[v.Forward], v.Weight)
		if v.Forward == spec.TunnelTo {
			line += " --tun-type " + v.Tunnel.Type.String()
			if v.Tunnel.Type == spec.GUE {
				line += fmt.Sprintf(" --tun-port %d", v.Tunnel.Port)
			}
			if v.Tunnel.Type != spec.IPIP {
				line += " " + sums[v.Tunnel.Checksum]
			}
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func saveName(k spec.ServiceKey) string {
	if k.IsMark() {
		name := fmt.Sprintf("-f %d", int32(k.FWMark))
		if k.MarkFamily == spec.IPv6 {
			name += " -6"
		}
		return name
	}
	option := map[spec.Protocol]string{spec.TCP: "-t", spec.UDP: "-u", spec.SCTP: "--sctp-service"}[k.Protocol]
	return option + " " + k.Address.String()
}
