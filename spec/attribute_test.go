package spec_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

// samples are values other than zero for each type that a field has.
var samples = []any{
	"rr", true, uint8(9), uint16(9), uint32(9), netip.MustParseAddr("224.0.0.81"), spec.Flag2, spec.MaskIPv4(0xffffff00),
	spec.Direct, spec.GRE, spec.ChecksumFull,
}

// fields calls f for each field of a value that is not itself made of fields, set to a sample, the others zero.
func fields(t *testing.T, v reflect.Value, path string, f func(path string)) {
	t.Helper()
	_, isText := v.Addr().Interface().(encoding.TextMarshaler)
	if v.Kind() == reflect.Struct && !isText {
		for i := range v.NumField() {
			fields(t, v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
		return
	}
	at := slices.IndexFunc(samples, func(x any) bool { return reflect.TypeOf(x) == v.Type() })
	if at < 0 {
		t.Fatalf("%s has type %s, of which there is no sample", path, v.Type())
	}
	v.Set(reflect.ValueOf(samples[at]))
	f(path)
	v.SetZero()
}

// Each field of each value is one attribute, and each attribute is one field.
func TestAttributesAreTheFields(t *testing.T) {
	for _, kind := range spec.Kinds() {
		zero := spec.Zero(kind)
		left := map[string]bool{}
		for _, a := range spec.Attributes(kind) {
			left[a.Name] = true
			if found, ok := spec.AttributeOf(kind, a.Name); !ok || found.Name != a.Name || a.Kind != kind {
				t.Errorf("%s %s: found %v, kind %s", kind, a.Name, found.Name, a.Kind)
			}
		}
		v := reflect.New(reflect.TypeOf(zero)).Elem()
		fields(t, v, kind.String(), func(path string) {
			value := v.Interface().(spec.Value)
			var names []string
			for _, a := range spec.Attributes(kind) {
				if a.Same(zero, value) {
					continue
				}
				names = append(names, a.Name)
				delete(left, a.Name)
				if got := a.Copy(zero, value); got != value {
					t.Errorf("%s: %s copies %v as %v", path, a.Name, value, got)
				}
				if reflect.DeepEqual(a.Of(zero), a.Of(value)) {
					t.Errorf("%s: %s is %v for two values", path, a.Name, a.Of(value))
				}
			}
			if len(names) != 1 {
				t.Errorf("%s belongs to the attributes %v", path, names)
			}
			if got, err := spec.DecodeValue(kind, spec.EncodeValue(value)); got != value || err != nil {
				t.Errorf("%s: %v is read back as %v, %v", path, value, got, err)
			}
		})
		if len(left) > 0 {
			t.Errorf("%s: attributes of no field: %v", kind, left)
		}
	}
	if _, ok := spec.AttributeOf(spec.KindService, "weight"); ok {
		t.Error("a service has a weight")
	}
}

func TestDecodeValueErrors(t *testing.T) {
	for _, c := range []struct {
		kind       spec.Kind
		text, want string
	}{
		{spec.KindDestination, `{"wait": 1}`, `a destination has no attribute "wait"`},
		{spec.KindDestination, `{"weight": -1}`, `attribute "weight": it is -1, and must be a whole number from 0 to 4294967295`},
		{spec.KindDestination, `{"weight": 4294967296}`, `attribute "weight": it is 4294967296, and must be a whole number from 0 to 4294967295`},
		{spec.KindDestination, `{"forward": 0}`, `attribute "forward": it is a number, and must be text`},
		{spec.KindDestination, `{"forward": "nat"}`, `write direct, masquerade, tunnel or local`},
		{spec.KindDestination, `{"tunnel_type": "vxlan"}`, `write ipip, gue or gre`},
		{spec.KindDestination, `{"tunnel_checksum": "flags0"}`, `write none, full or remote`},
		{spec.KindService, `{"scheduler": "rr", "scheduler_flags": ["sh-port"]}`, `not a flag of scheduler "rr"`},
		{spec.KindService, `{"scheduler_flags": ["0x1"]}`, `not a flag`},
		{spec.KindService, `{"persistence_netmask": "/129"}`, `/1 to /128`},
		{spec.KindService, `{"persistence_netmask": "24"}`, `255.255.255.0`},
		{spec.KindSyncDaemon, `{"group": "all"}`, `attribute "group"`},
		{spec.KindTimeouts, `[]`, `it is a list, and must be an object`},
		{0, `{}`, `no objects`},
	} {
		if v, err := spec.DecodeValue(c.kind, json.RawMessage(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s is read as %v, %v; want an error with %q", c.text, v, err, c.want)
		}
	}
	if v, err := spec.DecodeValue(spec.KindService, json.RawMessage("null")); v != nil || err != nil {
		t.Errorf("null is read as %v, %v", v, err)
	}
}

func TestFlagNames(t *testing.T) {
	for _, c := range []struct {
		scheduler string
		flags     spec.SchedulerFlags
		want      string
	}{
		{"sh", spec.Flag1 | spec.Flag2, "[sh-fallback sh-port]"},
		{"mh", spec.Flag2 | spec.Flag3, "[mh-port flag-3]"},
		{"rr", spec.Flag1 | spec.Flag2 | spec.Flag3, "[flag-1 flag-2 flag-3]"},
		{"rr", 0x80000040, "[0x40 0x80000000]"},
		{"rr", 0, "[]"},
	} {
		if got := fmt.Sprint(c.flags.Names(c.scheduler)); got != c.want {
			t.Errorf("%#x for %s: %s, want %s", uint32(c.flags), c.scheduler, got, c.want)
		}
	}
}
