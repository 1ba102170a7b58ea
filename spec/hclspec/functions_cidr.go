package hclspec

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// The cidr functions do arithmetic on addresses. None of them is ever changed.
var (
	cidrHostFunc = fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		p, err := network(args[0], 0)
		if err != nil {
			return cty.StringVal(""), err
		}
		n, ok := whole(args[1])
		size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
		if n.Sign() < 0 {
			n.Add(n, size) // -1 is the last address
		}
		if !ok || n.Sign() < 0 || n.Cmp(size) >= 0 {
			return cty.StringVal(""), function.NewArgErrorf(1, "%s has no address of that number", p)
		}
		return cty.StringVal(offset(p.Addr(), n).String()), nil
	}, param("prefix", cty.String), param("number", cty.Number))

	cidrNetmaskFunc = fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		p, err := network(args[0], 0)
		if err != nil {
			return cty.StringVal(""), err
		}
		if !p.Addr().Is4() {
			return cty.StringVal(""), function.NewArgErrorf(0, "IPv6 networks have no netmask")
		}
		all := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), p.Bits())
		return cty.StringVal(all.Masked().Addr().String()), nil
	}, param("prefix", cty.String))

	cidrSubnetFunc = fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		p, err := network(args[0], 0)
		if err != nil {
			return cty.StringVal(""), err
		}
		bits, err := longer(p, args[1], 1)
		if err != nil {
			return cty.StringVal(""), err
		}
		n, ok := whole(args[2])
		if !ok || n.Sign() < 0 || n.BitLen() > bits-p.Bits() {
			return cty.StringVal(""), function.NewArgErrorf(2, "%s has no network of that number", p)
		}
		n.Lsh(n, uint(p.Addr().BitLen()-bits))
		return cty.StringVal(netip.PrefixFrom(offset(p.Addr(), n), bits).String()), nil
	}, param("prefix", cty.String), param("newbits", cty.Number), param("number", cty.Number))

	cidrContainsFunc = fn(cty.Bool, func(args []cty.Value) (cty.Value, error) {
		p, err := network(args[0], 0)
		if err != nil {
			return cty.False, err
		}
		if a, err := netip.ParseAddr(args[1].AsString()); err == nil {
			return cty.BoolVal(p.Contains(a)), nil
		}
		inner, err := network(args[1], 1)
		return cty.BoolVal(err == nil && inner.Bits() >= p.Bits() && p.Contains(inner.Addr())), err
	}, param("prefix", cty.String), param("address", cty.String))

	cidrSubnetsFunc = function.New(&function.Spec{
		Params:   []function.Parameter{param("prefix", cty.String)},
		VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
		Type:     function.StaticReturnType(cty.List(cty.String)),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			out, err := subnets(args)
			if len(out) == 0 || err != nil {
				return cty.ListValEmpty(cty.String), err
			}
			return cty.ListVal(out), nil
		},
	})
)

// subnets cuts consecutive networks out of one.
func subnets(args []cty.Value) (out []cty.Value, err error) {
	p, err := network(args[0], 0)
	if err != nil {
		return nil, err
	}
	next := new(big.Int)
	end := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	for i, arg := range args[1:] {
		bits, err := longer(p, arg, i+1)
		if err != nil {
			return nil, err
		}
		size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-bits))
		if rest := new(big.Int).Mod(next, size); rest.Sign() > 0 {
			next.Add(next, size).Sub(next, rest)
		}
		if next.Cmp(end) >= 0 {
			return nil, function.NewArgErrorf(i+1, "%s has no room for it", p)
		}
		out = append(out, cty.StringVal(netip.PrefixFrom(offset(p.Addr(), next), bits).String()))
		next.Add(next, size)
	}
	return out, nil
}

func network(v cty.Value, arg int) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(v.AsString())
	if err != nil {
		return p, function.NewArgError(arg, fmt.Errorf("%q is not a network such as 192.0.2.0/24", v.AsString()))
	}
	return p.Masked(), nil
}

// longer is the prefix length with more bits.
func longer(p netip.Prefix, v cty.Value, arg int) (int, error) {
	n, ok := whole(v)
	if !ok || n.Sign() < 0 || n.Cmp(big.NewInt(int64(p.Addr().BitLen()-p.Bits()))) > 0 {
		return 0, function.NewArgError(arg, errors.New("the prefix would be longer than an address, or shorter than the network's"))
	}
	return p.Bits() + int(n.Int64()), nil
}

// whole is the number, unless it has a fraction or is beyond any address: to write 1e999999999 out takes gigabytes.
func whole(v cty.Value) (*big.Int, bool) {
	f := v.AsBigFloat()
	if !f.IsInt() || f.MantExp(nil) > 200 {
		return new(big.Int), false
	}
	n, _ := f.Int(nil)
	return n, true
}

func offset(a netip.Addr, n *big.Int) netip.Addr {
	sum := new(big.Int).Add(new(big.Int).SetBytes(a.AsSlice()), n)
	out, _ := netip.AddrFromSlice(sum.FillBytes(make([]byte, a.BitLen()/8)))
	return out
}
