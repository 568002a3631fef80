package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"gocir/checkpoints/safetensors"
)

const golden = "../../testdata/golden/a"

// A set that is as it was made passes; with one number changed it is a failure that names the case.
func TestVerify(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"combiner", "prompts_cases.json"} {
		copyTree(t, filepath.Join(golden, name), filepath.Join(dir, "set", name))
	}
	args := []string{"verify", "set", "-kinds", "prompts,Combiner"}
	runIn(t, dir, args...).want(t, 0, "backend ", "prompts", "Combiner", "tolerance", "pass")
	runIn(t, dir, with(args, "-format", "json")...).want(t, 0, `"kind": "Combiner"`, `"pass": true`)
	runIn(t, dir, "verify", "set", "-kinds", "tokenizer").want(t, failed, "tokenizer", "missed", "not every golden case")

	path := filepath.Join(dir, "set", "combiner", "case.safetensors")
	tensors, metadata, err := safetensors.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := ""
	for name, value := range tensors {
		if regexp.MustCompile(`^close\.w0\.5\.grad\..*dynamic_scalar\.0\.bias$`).MatchString(name) {
			value.Data[3] ^= 0x41 // sign and exponent of the first number
			changed = name
		}
	}
	if changed == "" {
		t.Fatal("no gradient to change")
	}
	if err := safetensors.Write(path, tensors, metadata); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, args...).want(t, failed, " missed", changed, "not every golden case")
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else if err = os.MkdirAll(filepath.Dir(to), 0o755); err == nil {
		var data []byte
		if data, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, data, 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
