package checkpoints

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

func describe(t *testing.T, path string) *Summary {
	t.Helper()
	s, err := open(t, path).Describe()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func table(t *testing.T, s *Summary) string {
	t.Helper()
	var b strings.Builder
	if err := s.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDescribeARunCheckpoint(t *testing.T) {
	s := describe(t, golden+"combiner/combiner.pt")
	// 2·(64·16+64) + 2·(128·128+128) + (16·128+16) + (128+1), see combiner/config.json
	if s.Kind != Combiner || s.Parameters != 37393 || len(s.Tensors) != 12+3*12 || s.Format != "PyTorch zip" {
		t.Errorf("%v, %d parameters, %d tensors, %s", s.Kind, s.Parameters, len(s.Tensors), s.Format)
	}
	if s.Values[0] != (Field{"epoch", "41"}) {
		t.Errorf("first value %v, want epoch 41", s.Values[0])
	}
	text := table(t, s)
	for _, want := range []string{
		"a Combiner", "sizes and CRC-32 verified", "Combiner/combiner_layer.weight", "[128 128]", "optimizer\n", "[0.9, 0.999]", "(12 values)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
}

func TestDescribeNamesSurplusAndWhatIsNotFinite(t *testing.T) {
	text := table(t, describe(t, golden+"tiny_blip/model_legacy.pth"))
	for _, want := range []string{"momentum copy", "queue of earlier batches", "sizes only verified", "a pretrained BLIP"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
	path := filepath.Join(t.TempDir(), "a")
	bad := map[string]tensor.Tensor{"temp": tensor.FromFloat32s([]float32{float32(math.NaN())}, 1), "w": tensor.FromFloat32s([]float32{1, float32(math.Inf(1))}, 2)}
	if err := safetensors.Write(path, bad, map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	s := describe(t, path)
	if s.Tensors[0].Note != "learned temperature, for pretraining only; NaN or infinity at element 0" || s.Tensors[1].Note != "NaN or infinity at element 1" {
		t.Errorf("notes %q, %q", s.Tensors[0].Note, s.Tensors[1].Note)
	}
	if s.Parameters != 2 || s.TensorSize != 12 || s.Metadata["k"] != "v" {
		t.Errorf("%+v", s)
	}
}

// Every sort of value has its text, and the summary its JSON.
func TestDescribeAllSortsOfValues(t *testing.T) {
	s := describe(t, golden+"formats/mixed.pt")
	values := map[string]string{}
	for _, f := range s.Values {
		values[f.Name] = f.Value
	}
	for name, want := range map[string]string{
		"epoch": "17", "lr": "1.5e-05", "name": `"café 中"`, "flag": "true", "nothing": "None", "large_int": "1180591620717411303424",
		"betas": "[0.9, 0.999]", "empty_list": "[]", "nested/list/1": "3",
	} {
		if values[name] != want {
			t.Errorf("%s = %s, want %s", name, values[name], want)
		}
	}
	if n := len([]rune(values["long_text"])); n != 60 {
		t.Errorf("long text in %d characters, want 60", n)
	}
	encoded, err := json.Marshal(s)
	var back Summary
	if err != nil || json.Unmarshal(encoded, &back) != nil || len(back.Tensors) != len(s.Tensors) {
		t.Errorf("JSON of the summary: %v", err)
	}
}

// A few hundred bytes that name one long path very often.
func TestDescribeIsBounded(t *testing.T) {
	body := "K\x01q\x00"
	key := "X\xe8\x03\x00\x00" + strings.Repeat("k", 1000)
	for range 14 {
		body += "0}(" + key + "h\x00" + "X\xe8\x03\x00\x00" + strings.Repeat("l", 1000) + "h\x00uq\x00"
	}
	if _, err := open(t, archived(t, body)).Describe(); err == nil || !strings.Contains(err.Error(), "too widely") {
		t.Errorf("2¹⁴ paths of 14 kB: %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteTableReportsAFailingWriter(t *testing.T) {
	wants(t, (&Summary{}).WriteTable(failing{}), "no space left")
}
