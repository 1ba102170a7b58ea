package spec

import "net/netip"

// The tables are never changed.
var (
	attributes = [...][]Attribute{
		KindTimeouts: {
			field("tcp", func(t *Timeouts) *uint32 { return &t.TCP }),
			field("tcp_fin", func(t *Timeouts) *uint32 { return &t.TCPFin }),
			field("udp", func(t *Timeouts) *uint32 { return &t.UDP }),
		},
		KindService: {
			field("scheduler", func(s *Service) *string { return &s.Scheduler }),
			flagsAttribute(),
			field("one_packet", func(s *Service) *bool { return &s.OnePacket }),
			field("persistent", func(s *Service) *bool { return &s.Persistent }),
			field("persistence_timeout", func(s *Service) *uint32 { return &s.Timeout }),
			field("persistence_netmask", func(s *Service) *Netmask { return &s.Netmask }),
			field("persistence_engine", func(s *Service) *string { return &s.Engine }),
		},
		KindDestination: {
			field("forward", func(d *Destination) *Forward { return &d.Forward }),
			field("tunnel_type", func(d *Destination) *TunnelType { return &d.Tunnel.Type }),
			field("tunnel_port", func(d *Destination) *uint16 { return &d.Tunnel.Port }),
			field("tunnel_checksum", func(d *Destination) *Checksum { return &d.Tunnel.Checksum }),
			field("weight", func(d *Destination) *uint32 { return &d.Weight }),
			field("upper_threshold", func(d *Destination) *uint32 { return &d.UpperThreshold }),
			field("lower_threshold", func(d *Destination) *uint32 { return &d.LowerThreshold }),
		},
		KindSyncDaemon: {
			field("interface", func(d *SyncDaemon) *string { return &d.Interface }),
			field("sync_id", func(d *SyncDaemon) *uint32 { return &d.SyncID }),
			field("max_len", func(d *SyncDaemon) *uint16 { return &d.MaxLen }),
			field("group", func(d *SyncDaemon) *netip.Addr { return &d.Group }),
			field("port", func(d *SyncDaemon) *uint16 { return &d.Port }),
			field("ttl", func(d *SyncDaemon) *uint8 { return &d.TTL }),
		},
		KindModule: nil,
		KindLink: {
			field("type", func(l *Link) *string { return &l.Type }),
			field("up", func(l *Link) *bool { return &l.Up }),
		},
		KindSysctl:    {field("value", func(s *Sysctl) *string { return &s.Value })},
		KindNeighbour: {field("mac", func(n *Neighbour) *string { return &n.MAC })},
		KindARPFilter: {field("source", func(f *ARPFilter) *netip.Addr { return &f.Source })},
		KindAddress: {
			field("label", func(a *Address) *string { return &a.Label }),
			field("scope", func(a *Address) *string { return &a.Scope }),
			field("no_prefix_route", func(a *Address) *bool { return &a.NoPrefixRoute }),
			field("no_dad", func(a *Address) *bool { return &a.NoDAD }),
			field("deprecated", func(a *Address) *bool { return &a.Deprecated }),
			field("dynamic", func(a *Address) *bool { return &a.Dynamic }),
			field("origin", func(a *Address) *uint8 { return &a.Origin }),
		},
		KindMarkRule:       {field("mark", func(r *MarkRule) *uint32 { return &r.Mark })},
		KindMasqueradeRule: {field("source", func(r *MasqueradeRule) *netip.Addr { return &r.Source })},
	}
	zeros = [...]Value{
		KindTimeouts: Timeouts{}, KindService: Service{}, KindDestination: Destination{}, KindSyncDaemon: SyncDaemon{},
		KindModule: Module{}, KindLink: Link{}, KindSysctl: Sysctl{}, KindNeighbour: Neighbour{}, KindARPFilter: ARPFilter{},
		KindAddress: Address{}, KindMarkRule: MarkRule{}, KindMasqueradeRule: MasqueradeRule{},
	}
)
