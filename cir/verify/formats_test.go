package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const goldenDir = "../../testdata/golden/a"

var fileKinds = map[string]func(*Set, *recorder) error{
	"formats": checkFormats, "checkpoints": checkCheckpoints, "positions": checkPositions,
}

func fileRow(name, dir string) Row { return rowOf(kind{name: name, check: fileKinds[name]}, dir) }

func TestCheckpointFilesPass(t *testing.T) {
	for name := range fileKinds {
		row := fileRow(name, goldenDir)
		t.Logf("%s: %d cases, worst %.2g of %.2g (%s)", row.Kind, row.Cases, row.Error, row.Tolerance, row.Worst)
		if !row.Pass {
			t.Errorf("%s: %q", row.Kind, row.Misses)
		}
	}
}

// A wrong value in whichever file makes the kind fail.
func TestCheckpointFilesCatchWrongValues(t *testing.T) {
	for _, change := range []struct {
		kind, file, before, after string
	}{
		{"formats", "formats/expected.json", `"epoch": 17`, `"epoch": 18`},
		{"formats", "formats/expected.json", `"lr": 1.5e-05`, `"lr": 1.5e-04`},
		{"formats", "formats/expected.json", `"flag": true`, `"flag": 1`},
		{"formats", "formats/expected.json", "1180591620717411303424", "1180591620717411303425"},
		{"formats", "formats/expected.json", `"dtype": "int16"`, `"dtype": "int32"`},
		{"formats", "formats/expected.json", `"model.transposed"`, `"model.big"`},
		{"formats", "formats/expected.json", `"empty_dict"`, `"epoch"`},
		{"formats", "formats/expected.json", `"0.weight": "bare.0.weight"`, `"1.weight": "bare.0.weight"`},
		{"formats", "formats/bad/bad_cases.json", `"file": "truncated_zip.pt"`, `"file": "../handmade.pt"`},
		{"checkpoints", "combiner/combiner_pt_expected.json", `"epoch": 41`, `"epoch": 40`},
		{"checkpoints", "combiner/combiner_pt_expected.json", `"lr": 2e-05`, `"lr": 1e-05`},
		{"checkpoints", "combiner/combiner_pt_expected.json", `"combiner_layer.weight"`, `"combiner_layer.x"`},
		{"checkpoints", "combiner/text_encoder_pt_expected.json", `"sha256_le_bytes": "7`, `"sha256_le_bytes": "8`},
		{"positions", "tiny_blip/pos_embed.safetensors", `"grid13_to_4.out"`, `"grid13_to_4.xxx"`},
	} {
		dir := changed(t, change.file, change.before, change.after)
		if row := fileRow(change.kind, dir); row.Pass {
			t.Errorf("%s passes with %s changed to %s", change.kind, change.before, change.after)
		}
	}
}

// A flipped bit at the end of a file of expected tensors makes the kind fail.
func TestCheckpointFilesCatchWrongTensors(t *testing.T) {
	for kind, file := range map[string]string{
		"formats":     "formats/expected.safetensors",
		"checkpoints": "combiner/combiner_pt_expected.safetensors",
		"positions":   "tiny_blip/pos_embed.safetensors",
	} {
		data, err := os.ReadFile(filepath.Join(goldenDir, file))
		if err != nil {
			t.Fatal(err)
		}
		tail := string(data[len(data)-400:])
		damaged := []byte(tail)
		for i := range damaged {
			damaged[i] ^= 0x40
		}
		if row := fileRow(kind, changed(t, file, tail, string(damaged))); row.Pass {
			t.Errorf("%s passes with the last values of %s changed", kind, file)
		}
	}
}

func TestCheckpointFilesReportMissingOnes(t *testing.T) {
	for name := range fileKinds {
		if row := fileRow(name, t.TempDir()); row.Pass {
			t.Errorf("%s passes in an empty folder", name)
		}
	}
}

// changed is a copy of the set's checkpoint files with the first place of before, in one of them, read as after.
func changed(t *testing.T, file, before, after string) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"formats", "combiner", "tiny_blip"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(goldenDir, part))); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Replace(data, []byte(before), []byte(after), 1)
	if bytes.Equal(altered, data) {
		t.Fatalf("%s does not hold %q", file, before)
	}
	if err := os.WriteFile(path, altered, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
