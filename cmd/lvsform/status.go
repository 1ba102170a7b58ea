package main

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const statusLong = `Status shows the table the way "ipvsadm -Ln" does, with the names that the objects have in the
configuration. With a DIR, what differs from the configuration is marked as in a plan.`

func (p *program) statusCommand() *cobra.Command {
	var (
		config configFlags
		where  nodeFlags
		asJSON bool
	)
	c := &cobra.Command{
		Use: "status [DIR]", Short: "Show the table of the node, with names, connections and drift", Long: statusLong, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := p.status(c.Context(), args, config, where)
			if err != nil {
				return err
			}
			if asJSON {
				return p.indented(t)
			}
			p.writeStatus(t)
			return nil
		},
	}
	config.add(c)
	config.addNode(c)
	where.add(c)
	where.addFrom(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

// table is a node with all that is known of it.
type table struct {
	FormatVersion string    `json:"format_version"`
	Node          plan.Host `json:"node"`
	Instance      string    `json:"instance"`
	// Compared says that there was a configuration: without one, no mark but "unmanaged" is made.
	Compared bool  `json:"compared"`
	Services []row `json:"services"`
	Others   []row `json:"others"`
}

// row is one object.
type row struct {
	Key     string `json:"key"`
	Address string `json:"address"`
	// Mark is "", or what an apply would do: create, update, destroy, import; or "unmanaged".
	Mark        string            `json:"mark,omitempty"`
	Value       json.RawMessage   `json:"value"`
	Connections *spec.Connections `json:"connections,omitempty"`
	Counters    *counters         `json:"counters,omitempty"`
	Servers     []row             `json:"destinations,omitempty"`

	key   spec.Key
	value spec.Value
}

// counters are netlink.Counters, as JSON.
type counters struct {
	Conns    uint64 `json:"connections"`
	InPkts   uint64 `json:"in_packets"`
	OutPkts  uint64 `json:"out_packets"`
	InBytes  uint64 `json:"in_bytes"`
	OutBytes uint64 `json:"out_bytes"`
	CPS      uint64 `json:"connections_per_second"`
	InPPS    uint64 `json:"in_packets_per_second"`
	OutPPS   uint64 `json:"out_packets_per_second"`
	InBPS    uint64 `json:"in_bytes_per_second"`
	OutBPS   uint64 `json:"out_bytes_per_second"`
}

// status reads the node and, if there is a directory, compares.
func (p *program) status(ctx context.Context, dir []string, config configFlags, where nodeFlags) (*table, error) {
	var desired spec.Desired
	if len(dir) > 0 {
		c, err := p.load(dir[0], config, where)
		if err != nil {
			return nil, err
		}
		desired = c.Chosen.Desired
	}
	s, err := p.open(ctx, where)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	in, err := s.inputs(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := s.connections(ctx, in.Live)
	if err != nil {
		return nil, err
	}
	b := tabulator{in: in, connections: connections, names: map[spec.Key]string{}, marks: map[spec.Key]string{}, values: in.Live.Clone()}
	if err := b.count(ctx, s.node); err != nil {
		return nil, err
	}
	if len(dir) > 0 {
		b.in.Desired = desired
		if err := b.compare(ctx, s); err != nil {
			return nil, err
		}
	}
	t := b.table()
	t.Node, t.Instance, t.Compared = s.host, s.instance, len(dir) > 0
	return t, nil
}

// tabulator brings together what is known of each object.
type tabulator struct {
	in          plan.Inputs
	connections map[spec.DestinationKey]spec.Connections
	names       map[spec.Key]string
	marks       map[spec.Key]string
	counters    map[spec.Key]netlink.Counters
	// values are the live ones, and those of objects that are missing.
	values spec.State
}

// count asks for counters where there are any.
func (b *tabulator) count(ctx context.Context, n node) (err error) {
	c, ok := n.(interface {
		Counters(context.Context) (map[spec.Key]netlink.Counters, error)
	})
	if ok {
		b.counters, err = c.Counters(ctx)
	}
	return err
}

// compare marks what an apply would do.
func (b *tabulator) compare(ctx context.Context, s *session) error {
	made, err := s.make(ctx, b.in, "", policyFlags{compare: true})
	if err != nil {
		return err
	}
	for k, o := range b.in.Desired.Objects {
		b.names[k] = o.Name
	}
	for _, k := range made.Adopted {
		b.marks[k] = "import"
	}
	for _, c := range made.Changes.Objects() {
		b.marks[c.Key] = c.Action().String()
		if c.Action() == plan.Delete {
			b.marks[c.Key] = "destroy"
		}
		if c.Before == nil {
			b.values.Set(c.Key, c.After)
		}
	}
	return nil
}

func (b *tabulator) table() *table {
	t := &table{FormatVersion: "1.0", Services: []row{}, Others: []row{}}
	servers := b.values.Servers()
	for _, k := range b.values.Keys() {
		switch k := k.(type) {
		case spec.DestinationKey:
		case spec.ServiceKey:
			r := b.row(k)
			for _, d := range servers[k] {
				r.Servers = append(r.Servers, b.row(d))
			}
			t.Services = append(t.Services, r)
		default:
			if b.concerns(k) {
				t.Others = append(t.Others, b.row(k))
			}
		}
	}
	slices.SortStableFunc(t.Others, func(a, b row) int { return cmp.Compare(a.key.Kind(), b.key.Kind()) })
	return t
}

// concerns says that an object is part of the table, or around it and somebody's: every node has interfaces and settings
// that are nobody's.
func (b *tabulator) concerns(k spec.Key) bool {
	return k.Kind().Table() || b.mark(k) != "unmanaged"
}

func (b *tabulator) row(k spec.Key) row {
	v := b.values.Get(k)
	r := row{Key: k.String(), Address: b.name(k), Mark: b.mark(k), Value: spec.EncodeValue(v), key: k, value: v}
	if d, ok := k.(spec.DestinationKey); ok && b.in.Live.Get(k) != nil {
		c := b.connections[d]
		r.Connections = &c
	}
	if n, ok := b.counters[k]; ok {
		r.Counters = (*counters)(&n)
	}
	return r
}

// name is the configuration's, the ledger's, or one for what has none.
func (b *tabulator) name(k spec.Key) string {
	if name := b.names[k]; name != "" {
		return name
	}
	if name := b.in.Ledger[k].Name; name != "" {
		return name
	}
	if d, ok := k.(spec.DestinationKey); ok {
		return b.name(d.Service) + spec.ServerName(d.Address.String())
	}
	return spec.LiveName(k)
}

func (b *tabulator) mark(k spec.Key) string {
	if m := b.marks[k]; m != "" {
		return m
	}
	_, ours := b.in.Ledger[k]
	_, declared := b.in.Desired.Objects[k]
	if k.Kind() == spec.KindDestination || k.Kind() == spec.KindTimeouts || ours || declared {
		return ""
	}
	if other, _ := b.in.Others.Of(k); other != "" {
		return "instance " + other
	}
	return "unmanaged"
}
