package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Command lines that can't be meant exit with 2 and say what there is instead.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		line string
		want string
	}{
		{"trian", `did you mean "train"`},
		{"data chekc", `did you mean "check"`},
		{"train -recpie x", `did you mean "-recipe"`},
		{"train", "-recipe"},
		{"train -recipe text-fashionq", "did you mean text-fashioniq?"},
		{"train -recipe nonsense", "there are text-fashioniq, "},
		{"train -recipe text-cirr", "-data DIR"},
		{"train -recipe text-cirr -print -set Epoch=1", "did you mean Epochs or MaxEpoch?"},
		{"train -recipe text-cirr -print -set Epochs", "Field=value"},
		{"train -recipe text-cirr -print -set Epochs=many", `Epochs must be a whole number, not "many"`},
		{"train -recipe text-cirr -print -set SaveBest=7", `SaveBest must be true or false, not "7"`},
		{"train -recipe text-cirr -print -set Seed=-1", "Seed must be a whole number from 0 on"},
		{"train -recipe text-cirr -print -learning-rate fast", "-learning-rate"},
		{"train -recipe text-cirr -print -epochs 0", "Epochs 0 is not positive"},
		{"train -recipe text-cirr -print -preset huge", "there are base, large, tiny"},
		{"train -recipe text-cirr -print -transform pad", "targetpad"},
		{"train -recipe text-cirr -print -set Precision=half", "float32"},
		{"train -recipe text-cirr -print -name ../up", "../up"},
		{"train -recipe text-cirr -print -input-dim 100", "patch size"},
		{"train -recipe pretrain-tiny -data x -pretrained y", "cir demo"},
		{"eval -dataset imagenet -data x", `"fashioniq","cirr"`},
		{"eval -dataset cirr -data @w", "-pretrained FILE"},
		{"eval -dataset cirr -data @w -pretrained x -composer combiner", "-combiner FILE"},
		{"eval -dataset cirr -data @w -pretrained x -composer product", "combiner or sum"},
		{"eval -dataset cirr -data @w -pretrained x -blip-bs 0", "-blip-bs"},
		{"eval -dataset cirr -data @w -pretrained x -format xml", `"table"`},
		{"eval -dataset cirr -data @w -pretrained x -precision half", `"float32","bfloat16"`},
		{"submit -data @w", "-name NAME"},
		{"data draw -data x -n 7", "200"},
		{"data draw -data x -splits val", "-like"},
		{"verify @w -kinds pixels", "tokenizer"},
		{"inspect", "file"},
		{"help nonsense", "train, runs, eval"},
	} {
		t.Run(c.line, func(t *testing.T) {
			refuses(t, dir, strings.Fields(c.line), misused, c.want, "cir help")
		})
	}
	runIn(t, dir).want(t, misused, "no command", "cir help")
}

// Files and folders that are not there, or not what they should be.
func TestWrongPlaces(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("in the way\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	train := append([]string{"train", "-recipe", "text-cirr-tiny", "-cache", "none"}, tiny...)
	eval := with(append([]string{"eval", "-dataset", "cirr", "-data", "@w", "-cache", "none"}, model...))
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no data folder", []string{"data", "check", "-dataset", "cirr", "-data", "gone"}, "gone"},
		{"folder without a data set", []string{"data", "check", "-dataset", "fashioniq", "-data", "."}, "fashionIQ_dataset"},
		{"no such category", []string{"eval", "-dataset", "fashioniq", "-data", "@w", "-categories", "hat", "-pretrained", "x"}, "hat"},
		{"categories of CIRR", []string{"eval", "-dataset", "cirr", "-data", "@w", "-categories", "dress", "-pretrained", "x"}, "CIRR has no categories"},
		{"no such split", with(eval, "-split", "vla"), "vla"},
		{"no such split of a submission", with(append([]string{"submit", "-name", "x", "-data", "@w", "-split", "test"}, model...), "-cache", "none"), "test"},
		{"a split without targets", with(eval, "-split", "test1"), "targets"},
		{"no checkpoint", []string{"inspect", "gone.pt"}, "gone.pt"},
		{"text for a checkpoint", []string{"inspect", "file"}, "file"},
		{"no golden cases", []string{"verify", "gone"}, "gone"},
		{"text for a submission", []string{"submit", "-data", "@w", "-check", "file"}, "file"},
		{"no submission", []string{"submit", "-data", "@w", "-check", "gone"}, "gone"},
		{"submission named as another folder", with(append([]string{"submit", "-name", "../x", "-data", "@w"}, model...), "-cache", "none"), "../x"},
		{"runs below a file", with(train, "-runs", "file/runs"), "file"},
		{"runs that can't be written", with(train, "-runs", "/proc/runs"), "/proc"},
		{"results below a file", with(eval, "-out", "file/out"), "file"},
		{"cache below a file", with(eval, "-cache", "file/cache"), "file"},
		{"drawing below a file", []string{"data", "draw", "-n", "200", "-data", "file/w"}, "file"},
		{"drawing over other files", []string{"data", "draw", "-n", "200", "-data", "."}, "empty"},
		{"no such backend", with(eval, "-backend", "tpu"), "xla:cpu"},
		{"no such plugin", with(eval, "-backend", "xla:/no/plugin.so"), "/no/plugin.so"},
		{"a plugin that is none", with(eval, "-backend", "xla:"+filepath.Join(dir, "file")), "file"},
	} {
		t.Run(c.name, func(t *testing.T) { refuses(t, dir, c.args, failed, c.want) })
	}
}

// A disk that is full ends a command with an error, and what was begun is taken away again.
func TestFullDisk(t *testing.T) {
	train := append([]string{"train", "-recipe", "text-cirr-tiny", "-cache", "none"}, tiny...)
	for _, c := range []struct {
		name   string
		blocks string // of 512 or 1024 bytes, that a file may have
		args   []string
	}{
		{"checkpoints", "8", train},
		{"the first file of a run", "0", train},
		{"results", "0", append([]string{"eval", "-dataset", "cirr", "-data", "@w", "-cache", "none", "-out", "out"}, model...)},
		{"submissions", "0", append([]string{"submit", "-name", "x", "-out", "out", "-data", "@w", "-cache", "none"}, model...)},
		{"cache", "1", append([]string{"eval", "-dataset", "cirr", "-data", "@w"}, model...)},
		{"drawing", "0", []string{"data", "draw", "-n", "200", "-data", "drawn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			limited(t, dir, c.blocks, c.args).want(t, failed, "cir "+c.args[0], "too large")
			wholeFiles(t, dir)
		})
	}
}

// limited runs a command that may write no larger files: the nearest to a full disk that needs no rights.
func limited(t *testing.T, dir, blocks string, args []string) outcome {
	t.Helper()
	c := command(dir, args...)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	c.Args = append([]string{shell, "-c", `ulimit -f "$0" && exec "$@"`, blocks, c.Path}, c.Args[1:]...)
	c.Path = shell
	return finish(t, c)
}

// A real disk without room, where this machine lets a test have one: a file system in memory, seen by the command alone.
func TestNoSpaceLeft(t *testing.T) {
	if err := exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt").Run(); err != nil {
		t.Logf("no file system can be mounted here (%v): TestFullDisk stands for it", err)
		return
	}
	dir := t.TempDir()
	place := filepath.Join(dir, "small")
	if err := os.Mkdir(place, 0o755); err != nil {
		t.Fatal(err)
	}
	c := command(dir, append([]string{"train", "-recipe", "text-cirr-tiny", "-cache", "none"}, with(tiny, "-runs", place)...)...)
	script := `mount -t tmpfs -o size=64k none "$0" && { "$@"; code=$?; find "$0" -type f; exit $code; }`
	inside := exec.Command("unshare", append([]string{"-rm", "sh", "-c", script, place, c.Path}, c.Args[1:]...)...)
	inside.Dir, inside.Env = c.Dir, c.Env
	o := finish(t, inside)
	o.want(t, failed, "cir train", "no space left on device", "recipe.json", "1 of 2 epochs are done")
	if strings.Contains(o.stdout, ".tmp-") || strings.Contains(o.stdout, ".safetensors") {
		t.Errorf("left behind:\n%s", o.stdout)
	}
}

// wholeFiles looks for files under temporary names, and for empty ones.
func wholeFiles(t *testing.T, dir string) {
	t.Helper()
	for _, path := range files(t, dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().IsRegular() && filepath.Base(path) != "run.lock" && (info.Size() == 0 || strings.Contains(path, ".tmp-")) {
			t.Errorf("%s is left behind, %d bytes", path, info.Size())
		}
	}
}
