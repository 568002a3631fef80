package torch

import (
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

// Each opcode that writes plain data gives the value that Python gives.
func TestPlainValues(t *testing.T) {
	huge, _ := new(big.Int).SetString("-18446744073709551616", 10)
	for body, want := range map[string]Value{
		"N": nil, "\x88": true, "\x89": false, "K\xff": int64(255), "M\x01\x02": int64(513),
		"J\xfe\xff\xff\xff": int64(-2), "\x8a\x00": int64(0), "\x8a\x01\xff": int64(-1), "\x8a\x02\xff\x00": int64(255),
		"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\xff": huge, "\x8b\x01\x00\x00\x00\x80": int64(-128),
		"G\x3f\xf8\x00\x00\x00\x00\x00\x00": 1.5,
		"X\x03\x00\x00\x00é.":               "é.", "\x8c\x02hi": "hi", "\x8d\x02\x00\x00\x00\x00\x00\x00\x00hi": "hi",
		"U\x02hi": "hi", "T\x02\x00\x00\x00hi": "hi",
		"C\x02\x00\xff": []byte{0, 255}, "B\x01\x00\x00\x00a": []byte("a"),
		"\x8e\x01\x00\x00\x00\x00\x00\x00\x00a": []byte("a"), "\x96\x01\x00\x00\x00\x00\x00\x00\x00a": []byte("a"),
		")": Tuple{}, "K\x01\x85": Tuple{int64(1)}, "K\x01K\x02\x86": Tuple{int64(1), int64(2)}, "NNN\x87": Tuple{nil, nil, nil},
		"(K\x01Nt": Tuple{int64(1), nil}, "]": &List{}, "]K\x01a": &List{[]Value{int64(1)}}, "](K\x01Ne": &List{[]Value{int64(1), nil}},
		"NK\x010": nil, "(NN1K\x07": int64(7), "K\x012\x86": Tuple{int64(1), int64(1)},
		"\x95\x01\x00\x00\x00\x00\x00\x00\x00N":                      nil,
		"K\x05q\x00K\x06r\x01\x02\x03\x00h\x00j\x01\x02\x03\x00\x87": Tuple{int64(6), int64(5), int64(6)},
		"K\x05\x94K\x06\x94h\x00\x87":                                Tuple{int64(5), int64(6), int64(5)},
		"c__builtin__\nbytes\n)R":                                    []byte{},
		call("_codecs", "encode", text("aÿ"), text("latin1")):        []byte{'a', 255},
		call("torch", "Size", sizes(2, 3)):                           Tuple{int64(2), int64(3)},
		call("torch", "device", text("cuda"), integer(1)):            "cuda:1",
		call("torch", "device", text("cpu")):                         "cpu",
		"\x8c\x05torch\x8c\x08bfloat16\x93":                          "torch.bfloat16",
	} {
		if got, err := read(t, checkpoint(body, 0)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v; want %v", body, got, err, want)
		}
	}
}

func TestNumpyScalars(t *testing.T) {
	scalar := func(code, order, raw string) string {
		state := tuple(integer(3), text(order), "NNN", integer(-1), integer(-1), integer(0))
		dtype := call("numpy", "dtype", text(code), "\x89\x88") + state + "b"
		return call("numpy._core.multiarray", "scalar", dtype, "C"+string(rune(len(raw)))+raw)
	}
	for body, want := range map[string]Value{
		scalar("f8", "<", "\x00\x00\x00\x00\x00\x00\xf8\x3f"): 1.5,
		scalar("f4", ">", "\xc0\x00\x00\x00"):                 -2.0,
		scalar("i8", "<", "\xfd\xff\xff\xff\xff\xff\xff\xff"): int64(-3),
		scalar("i2", ">", "\xff\xfe"):                         int64(-2),
		scalar("u1", "|", "\xc8"):                             int64(200),
		scalar("b1", "|", "\x01"):                             true,
	} {
		if got, err := read(t, checkpoint(body, 0)); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", body, got, err, want)
		}
	}
	for _, body := range []string{
		scalar("f8", "<", "\x00"), scalar("O8", "<", "12345678"), scalar("f2", "<", "12"), scalar("f", "<", "1234"),
		scalar("u8", "<", "\xff\xff\xff\xff\xff\xff\xff\xff"), scalar("", "<", ""),
	} {
		if got, err := read(t, checkpoint(body, 0)); err == nil {
			t.Errorf("%q: read as %v", body, got)
		}
	}
}

func TestDictionariesKeepTheirOrder(t *testing.T) {
	pairs := list(tuple(text("b"), integer(1)), list(text("a"), integer(2)))
	for _, body := range []string{
		dict(text("b"), integer(1), text("a"), integer(2)),
		dict(text("b"), integer(7), text("a"), integer(2), text("b"), integer(1)),
		"}" + text("b") + integer(1) + "s" + text("a") + integer(2) + "s",
		call("collections", "OrderedDict", pairs),
		global("collections", "OrderedDict") + ")\x81(" + text("b") + integer(1) + text("a") + integer(2) + "u}" +
			text("_metadata") + "Nsb",
	} {
		root, err := read(t, checkpoint(body, 0))
		d, ok := root.(*Dict)
		if err != nil || !ok {
			t.Errorf("%q: %v, %v", body, root, err)
			continue
		}
		a, _ := d.Get("a")
		b, _ := d.Get("b")
		if !slices.Equal(d.keys, []Value{"b", "a"}) || a != int64(2) || b != int64(1) || d.Len() != 2 {
			t.Errorf("%q: keys %v, a = %v, b = %v", body, d.keys, a, b)
		}
		if got := maps.Collect(d.All()); len(got) != 2 {
			t.Errorf("%q: All yields %v", body, got)
		}
	}
}

func TestGetTakesAnyKey(t *testing.T) {
	root, err := read(t, checkpoint(dict(integer(3), text("three"), "\x88", "N", "G"+strings.Repeat("\x00", 8), "N"), 0))
	if err != nil {
		t.Fatal(err)
	}
	d := root.(*Dict)
	if v, ok := d.Get(int64(3)); !ok || v != "three" {
		t.Errorf("Get(3) = %v, %v", v, ok)
	}
	for _, absent := range []Value{"3", nil, Tuple{}, []byte{1}, &List{}} {
		if v, ok := d.Get(absent); ok {
			t.Errorf("Get(%v) = %v", absent, v)
		}
	}
}

// What few bytes could blow up, or what no user could walk through, is refused.
func TestTreesThatCannotBeWalkedAreRefused(t *testing.T) {
	doubled := "]q\x00"
	for range 60 {
		doubled = doubled + "0h\x00h\x00\x86q\x00"
	}
	for why, body := range map[string]string{
		"contains itself":        "]q\x00h\x00a",
		"more than 1048576":      doubled,
		"nested more than 100":   strings.Repeat("]", 200) + strings.Repeat("a", 199),
		"outside of a tensor":    list(global("torch", "FloatStorage")),
		"Size outside":           dict(text("a"), global("torch", "Size")),
		"a storage outside":      storageRef("FloatStorage", "0", 0),
		"key of 2000 bytes":      dict(text(strings.Repeat("k", 2000)), "N"),
		"key of type torch.Tupl": dict(tuple(integer(1)), "N"),
	} {
		if got, err := read(t, checkpoint(body, 0)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, %v", why, got, err)
		}
	}
}

func TestSharedPartsAreFine(t *testing.T) {
	root, err := read(t, checkpoint(list("]q\x00", "h\x00", "h\x00"), 0))
	if got := fmt.Sprint(err); err != nil || len(root.(*List).Items) != 3 {
		t.Errorf("%v, %v", root, got)
	}
}

// A parameter is its tensor, with or without a state; so is a subclass.
func TestParametersAreTensors(t *testing.T) {
	inner := tuple(storageRef("ByteStorage", "0", 2), integer(0), sizes(2), sizes(1), "\x89", call("collections", "OrderedDict"))
	whole := global("torch._utils", "_rebuild_tensor_v2") + inner + "R"
	for _, body := range []string{
		call("torch._utils", "_rebuild_parameter", whole, "\x88", "N"),
		call("torch._utils", "_rebuild_parameter_with_state", whole, "\x88", "N", "}"),
		global("torch.nn.parameter", "Parameter") + tuple(whole) + "\x81",
		call("torch._tensor", "_rebuild_from_type_v2", global("torch._utils", "_rebuild_tensor_v2"), global("torch", "Tensor"), inner, "}"),
	} {
		root, err := read(t, checkpoint(body, 2))
		got, ok := root.(*tensor.Tensor)
		if err != nil || !ok || !slices.Equal(got.Data, []byte{0, 1}) {
			t.Errorf("%q: %v, %v", body, root, err)
		}
	}
}
