package torch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No pickle runs anything: names off the list are refused where they are named, however they are written.
func TestForeignNamesAreRefused(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "executed")
	command := text("touch " + marker)
	for _, body := range []string{
		call("os", "system", command),
		call("posix", "system", command),
		call("builtins", "eval", command),
		call("__builtin__", "exec", command),
		call("builtins", "getattr", global("os", "path"), text("os")),
		"\x8c\x02os\x8c\x06system\x93" + tuple(command) + "R",
		"\x8c\x05torch\x8c\x10_utils.os.system\x93",
		global("torch", "FloatStorage\r"),
		global("torch._utils", "_rebuild_tensor_v2 "),
		global("os", "system"), // named, not even called
		global("torch.storage", "_load_from_bytes"),
		global("torch", "load"),
		global("numpy", "load"),
		global("pickle", "loads"),
		global("tоrch", "FloatStorage"), // with a Cyrillic о
		"cos\nsystem\n",
		call("collections", "OrderedDict") + global("os", "system") + "b",
	} {
		root, err := read(t, checkpoint(body, 0))
		if err == nil || !strings.Contains(err.Error(), "nothing was run") {
			t.Errorf("%q: %v, %v", body, root, err)
		}
	}
	if _, err := os.Stat(marker); !os.IsNotExist(err) {
		t.Error("a command was executed")
	}
}

// Each damaged or malicious pickle is refused with little memory.
func TestBadPicklesAreRefused(t *testing.T) {
	for _, c := range []struct{ why, body string }{
		{"opcode 0x69", "i"}, // INST
		{"opcode 0x82", "\x82\x01"},
		{"opcode 0x49", "I1\n"},
		{"opcode 0x92", "\x92"},
		{"stack is empty", "0"},
		{"stack is empty", ""},
		{"stack is empty", "N("},
		{"stack is empty", "N(0"},
		{"stack is empty", "N\x86"},
		{"stack is empty", "q\x00"},
		{"stack is empty", "a"},
		{"stack is empty", "2"},
		{"mark is missing", "Nt"},
		{"mark is missing", "]e"},
		{"never set", "h\x00"},
		{"never set", "Nq\x00j\x00\x00\x00\x01"},
		{"items appended to None", "NNa"},
		{"items appended to a tuple", ")(Ne"},
		{"set in a list", "]NNs"},
		{"set in a dictionary", "}(Nu"},
		{"can't be called", "N)R"},
		{"can't be called", global("torch", "Size") + "NR"},
		{"can't be called", global("torch", "float32") + ")R"},
		{"no text", "NN\x93"},
		{"a state for None", "NNb"},
		{"attributes are None", "}Nb"},
		{"damaged OrderedDict", call("collections", "OrderedDict", "N")},
		{"else than pairs", call("collections", "OrderedDict", list(tuple("N")))},
		{"damaged torch.Size", call("torch", "Size", "N")},
		{"damaged torch.device", call("torch", "device", "N")},
		{"damaged torch.device", call("torch", "device", text("a"), text("b"))},
		{"damaged torch.device", call("torch", "device", text("a"), integer(-1))},
		{"unknown encoding", call("_codecs", "encode", text("a"), text("rot13"))},
		{"with the character", call("_codecs", "encode", text("あ"), text("latin1"))},
		{"not empty", call("__builtin__", "bytes", text("a"))},
		{"protocol 6", "\x80\x06N"},
		{"4294967295 bytes", "X\xff\xff\xff\xff"},
		{"announced", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"announced", "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"},
		{"integer of 4294967295", "\x8b\xff\xff\xff\xff"},
		{"does not end", "cos"},
		{"far more memory", strings.Repeat("]", 1<<20)},
		{"far more memory", strings.Repeat("}", 1<<20)},
		{"far more memory", strings.Repeat("(", 1<<20)},
		{"far more memory", strings.Repeat("N", 1<<20)},
		{"far more memory", "]" + strings.Repeat("Na", 1<<20)},
		{"far more memory", "N" + strings.Repeat("\x94", 1<<20)},
		{"far more memory", "K\x01\x85" + strings.Repeat("\x85", 1<<20)},
		{"far more memory", strings.Repeat(")", 1<<20)},
	} {
		if got, err := read(t, checkpoint(c.body, 0)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%.40q: %v, %v; want an error with %q", c.body, got, err, c.why)
		}
	}
}

// A call of the same function over and over, each on the result of the last.
func TestLongChainsOfCallsAreRefused(t *testing.T) {
	size := global("torch", "Size")
	body := strings.Repeat(size, 100_000) + sizes(1) + strings.Repeat("\x85R\x85", 100_000)
	if root, err := read(t, checkpoint(body, 0)); err == nil {
		t.Errorf("read as %v", root)
	}
}

func TestTruncatedPicklesAreRefused(t *testing.T) {
	whole := pickle(dict(text("w"), tensorOf(storageRef("ByteStorage", "0", 6), 0, sizes(6), sizes(1)), text("epoch"), integer(3)))
	for n := range len(whole) {
		data := zipOf(part{"a/data.pkl", whole[:n]}, part{"a/data/0", counting(6)})
		if root, err := read(t, data); err == nil {
			t.Errorf("cut at %d: read as %v", n, root)
		}
	}
}

// The error of a refused file says where, and what to do.
func TestErrorsNameThePlaceAndTheWayOut(t *testing.T) {
	_, err := read(t, checkpoint(call("os", "system", text("true")), 0))
	for _, want := range []string{"byte 2", `"os.system"`, "save its state dictionary"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v; want it to say %q", err, want)
		}
	}
}
