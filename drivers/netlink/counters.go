//go:build linux

package netlink

import (
	"context"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Counters are what the kernel has counted of one service or destination since it was created: totals, and rates per
// second, bytes and not bits. The kernel brings them up to date every two seconds.
type Counters struct {
	Conns, InPkts, OutPkts, InBytes, OutBytes uint64
	CPS, InPPS, OutPPS, InBPS, OutBPS         uint64
}

// Counters are the counters of every service and every destination; the keys are of these two kinds.
func (d *Driver) Counters(ctx context.Context) (map[spec.Key]Counters, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[spec.Key]Counters{}
	services, err := d.serviceCounters(out)
	for _, k := range services {
		if err = ctx.Err(); err != nil {
			break
		}
		if err = d.serverCounters(out, k); err != nil {
			break
		}
	}
	if err != nil {
		d.hangUp()
		return nil, explain("read counters", err)
	}
	return out, nil
}

func (d *Driver) serviceCounters(out map[spec.Key]Counters) (keys []spec.ServiceKey, err error) {
	c, err := d.wideChannel()
	if err != nil {
		return nil, err
	}
	c.request(unix.NLM_F_DUMP, cmdGetService).end()
	_, err = c.dump(func(body []byte) error {
		s, err := d.names.service(body)
		if err != nil {
			return err
		}
		keys = append(keys, s.key)
		out[s.key], err = countersIn(body, attrService, svcStats, svcStats64)
		return err
	})
	return keys, err
}

func (d *Driver) serverCounters(out map[spec.Key]Counters, k spec.ServiceKey) error {
	c, err := d.wideChannel()
	if err != nil {
		return err
	}
	e := c.request(unix.NLM_F_DUMP, cmdGetDest)
	e.close(e.service(k))
	e.end()
	family := k.Family()
	_, err = c.dump(func(body []byte) error {
		var s server
		if err := decodeServer(body, family, &s); err != nil {
			return err
		}
		out[spec.DestinationKey{Service: k, Address: s.address}], err = countersIn(body, attrDest, dstStats, dstStats64)
		return err
	})
	return err
}

// Bytes are counted with 64 bits in both kinds of counters.
var (
	counters32 = sizes{1: 4, 4, 4, 8, 8, 4, 4, 4, 4, 4}
	counters64 = sizes{1: 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}
)

// countersIn takes the 64-bit counters, or those of a kernel that has no others.
func countersIn(body []byte, object, stats32, stats64 uint16) (n Counters, err error) {
	var in, f fields
	if !in.inside(body, object, &sizes{}) {
		return n, errMalformed
	}
	stats, least := stats32, &counters32
	if in.at[stats64] != 0 {
		stats, least = stats64, &counters64
	}
	if !f.index(in.value(stats), least) {
		return n, errMalformed
	}
	for i, field := range [...]*uint64{&n.Conns, &n.InPkts, &n.OutPkts, &n.InBytes, &n.OutBytes, &n.CPS, &n.InPPS, &n.OutPPS, &n.InBPS, &n.OutBPS} {
		if kind := uint16(i + 1); least[kind] == 8 {
			*field = f.u64(kind)
		} else {
			*field = uint64(f.u32(kind))
		}
	}
	return n, nil
}
