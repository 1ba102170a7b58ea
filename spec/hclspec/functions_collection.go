package hclspec

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// The functions that the standard set of cty lacks, as OpenTofu has them. None of them is ever changed.
var (
	allTrueFunc = fn(cty.Bool, func(args []cty.Value) (cty.Value, error) {
		for _, v := range args[0].AsValueSlice() {
			if v.IsNull() || v.False() {
				return cty.False, nil
			}
		}
		return cty.True, nil
	}, param("list", cty.List(cty.Bool)))

	anyTrueFunc = fn(cty.Bool, func(args []cty.Value) (cty.Value, error) {
		for _, v := range args[0].AsValueSlice() {
			if !v.IsNull() && v.True() {
				return cty.True, nil
			}
		}
		return cty.False, nil
	}, param("list", cty.List(cty.Bool)))

	sumFunc = fn(cty.Number, func(args []cty.Value) (cty.Value, error) {
		total := cty.Zero
		for _, v := range args[0].AsValueSlice() {
			if v.IsNull() {
				return cty.Zero, errors.New("an element is null")
			}
			total = total.Add(v)
		}
		return total, nil
	}, param("list", cty.List(cty.Number)))

	hasPrefixFunc = fn(cty.Bool, func(args []cty.Value) (cty.Value, error) {
		return cty.BoolVal(strings.HasPrefix(args[0].AsString(), args[1].AsString())), nil
	}, param("text", cty.String), param("prefix", cty.String))

	hasSuffixFunc = fn(cty.Bool, func(args []cty.Value) (cty.Value, error) {
		return cty.BoolVal(strings.HasSuffix(args[0].AsString(), args[1].AsString())), nil
	}, param("text", cty.String), param("suffix", cty.String))

	base64EncodeFunc = fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		return cty.StringVal(base64.StdEncoding.EncodeToString([]byte(args[0].AsString()))), nil
	}, param("text", cty.String))

	base64DecodeFunc = fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		text, err := base64.StdEncoding.DecodeString(args[0].AsString())
		if err != nil {
			return cty.StringVal(""), errors.New("the text is not base64")
		}
		if !utf8.Valid(text) {
			return cty.StringVal(""), errors.New("what the base64 stands for is not UTF-8 text")
		}
		return cty.StringVal(string(text)), nil
	}, param("text", cty.String))

	lengthFunc = fn(cty.Number, func(args []cty.Value) (cty.Value, error) {
		v := args[0]
		switch t := v.Type(); {
		case t == cty.String:
			return stdlib.Strlen(v)
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
		case v.CanIterateElements():
			return cty.NumberIntVal(int64(v.LengthInt())), nil
		}
		return cty.Zero, function.NewArgErrorf(0, "a string, a list, a set, a map or an object is needed")
	}, param("value", cty.DynamicPseudoType))

	indexFunc = fn(cty.Number, func(args []cty.Value) (cty.Value, error) {
		t := args[0].Type()
		if !t.IsListType() && !t.IsTupleType() {
			return cty.Zero, function.NewArgErrorf(0, "a list is needed")
		}
		for i, v := range args[0].AsValueSlice() {
			if v.RawEquals(args[1]) {
				return cty.NumberIntVal(int64(i)), nil
			}
		}
		return cty.Zero, errors.New("the list does not contain the value")
	}, param("list", cty.DynamicPseudoType), param("value", cty.DynamicPseudoType))

	// one gives the only element of a list or set, null for an empty one.
	oneFunc = function.New(&function.Spec{
		Params: []function.Parameter{param("list", cty.DynamicPseudoType)},
		Type: func(args []cty.Value) (cty.Type, error) {
			t := args[0].Type()
			switch {
			case t.IsListType(), t.IsSetType():
				return t.ElementType(), nil
			case t.IsTupleType() && len(t.TupleElementTypes()) == 1:
				return t.TupleElementTypes()[0], nil
			case t.IsTupleType() && len(t.TupleElementTypes()) == 0:
				return cty.DynamicPseudoType, nil
			}
			return cty.NilType, function.NewArgErrorf(0, "a list or set with at most one element is needed")
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			switch args[0].LengthInt() {
			case 0:
				return cty.NullVal(t), nil
			case 1:
				return convert.Convert(args[0].AsValueSlice()[0], t)
			}
			return cty.NullVal(t), function.NewArgErrorf(0, "a list or set with at most one element is needed")
		},
	})

	nonsensitiveFunc = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowDynamicType: true}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, _ := args[0].UnmarkDeep()
			return v, nil
		},
	})
)
