package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/cir/backend"
)

// The test's own program is the worker too, where it is asked to be.
func TestMain(m *testing.M) {
	args := os.Args
	if len(args) == 4 && args[1] == "worker" {
		b, line, err := backend.Open("")
		if err == nil {
			err = Serve(os.Stdin, os.Stdout, args[2], args[3], b, line)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func options(t *testing.T, only ...string) Options {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Size: Quick(), Only: only, Device: "cpu", Rounds: 2, Done: func(r Result) { t.Log(r.Line()) },
		Serve: func(dir, work string, pure bool) []string {
			if pure {
				return nil
			}
			return []string{program, "worker", dir, work}
		},
	}
}

// Without a Python every row has our side, measured and with its check, and nothing else.
func TestOurSideOfEachRow(t *testing.T) {
	o := options(t)
	o.Size.Read = map[string]string{"pt": files["safetensors"], "safetensors": files["safetensors"]} // only Python writes a .pt
	results, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(rows(o.Size)); len(results) < want {
		t.Errorf("%d results for %d rows", len(results), want)
	}
	for _, r := range results {
		if r.Work == "stage-2" {
			continue
		}
		if len(r.Ways) != 1 || r.Ways[0].Way != "gocir" || len(r.Ways[0].Seconds) != 2 || !(r.Ways[0].Median() > 0) {
			t.Errorf("%s: %+v", r.What, r.Ways)
		}
		if len(r.Ways[0].Check) == 0 {
			t.Errorf("%s: no numbers to check", r.What)
		}
	}
}

// A side that ends without a word is a failure that names it and what it said last; the other sides are measured.
func TestASideThatFails(t *testing.T) {
	o := options(t, "backward-loss:8")
	python := filepath.Join(t.TempDir(), "python")
	script := "#!/bin/sh\n[ \"$2\" = write-pt ] && exit 0\necho first >&2\necho 'ModuleNotFoundError: no torch' >&2\nexit 1\n"
	if err := os.WriteFile(python, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	o.Python = python
	results, err := Run(context.Background(), o)
	if err == nil || !strings.Contains(err.Error(), "PyTorch: exit status 1: ModuleNotFoundError: no torch") {
		t.Errorf("err = %v", err)
	}
	if len(results) != 1 || results[0].Way("gocir") == nil || results[0].Way("PyTorch") != nil {
		t.Errorf("results %+v", results)
	}
}

// Numbers that are not ours make the run fail, whatever the times.
func TestASideThatDiffers(t *testing.T) {
	r := Result{What: "losses", Ways: []Measured{
		{Way: "gocir", Check: []float64{1, 2}, Seconds: []float64{1}},
		{Way: "PyTorch", Check: []float64{1, 2.1}, Seconds: []float64{3}},
		{Way: "JAX", Check: []float64{1, 2.0001}, Seconds: []float64{2}},
	}}
	r.compare(row{apart: single, goals: []goal{{2, ""}, {10, "PyTorch"}, {1, "nobody"}}})
	if len(r.Differ) != 1 || !strings.Contains(r.Differ[0], "PyTorch: number 1 is 2.1, ours is 2") {
		t.Errorf("differ %q", r.Differ)
	}
	if r.faults() == nil {
		t.Error("no fault")
	}
	want := []Met{{"JAX", 2, 2}, {"PyTorch", 10, 3}, {"nobody", 1, 0}}
	if !slices.Equal(r.Goals, want) {
		t.Errorf("goals %v, want %v", r.Goals, want)
	}
}

func TestDiffer(t *testing.T) {
	for _, c := range []struct {
		own, other []float64
		apart      tolerance
		same       bool
	}{
		{[]float64{3, 1}, []float64{3, 1}, exact, true},
		{[]float64{3, 1}, []float64{3, 2}, exact, false},
		{[]float64{3, 1}, []float64{3}, exact, false},
		{[]float64{1000, 0}, []float64{1000, 0.9}, single, true},
		{[]float64{1000, 0}, []float64{1000, 1.1}, single, false},
		{[]float64{0}, []float64{0.04}, tolerance{absolute: 0.05}, true},
		{[]float64{1}, []float64{math.NaN()}, single, false},
	} {
		if got := differ(c.own, c.other, c.apart) == ""; got != c.same {
			t.Errorf("%v and %v within %v: same = %v", c.own, c.other, c.apart, got)
		}
	}
}

// The whole of stage II, by hand: 18,000 triplets in batches of 512 are 35 steps, in 300 epochs 10,500. The original
// encodes 1,024 pictures at 1 s and as many texts at 0.1 s, and its step of 10 s at batch 128 is 16 times as long.
func TestWholeStage2ByHand(t *testing.T) {
	seconds := func(way string, s float64) Measured { return Measured{Way: way, Seconds: []float64{s}} }
	results := Options{Size: Full()}.derive([]Result{
		{Work: "images", Ways: []Measured{seconds("gocir", 9), seconds("PyTorch", 8)}},
		{Work: "texts", Ways: []Measured{seconds("gocir", 9), seconds("PyTorch", 26), seconds("torch.compile", 25.6)}},
		{Work: "combiner-step:128", Ways: []Measured{seconds("gocir", 1), seconds("PyTorch", 10)}},
		{Work: "combiner-step:512", Ways: []Measured{seconds("gocir", 20)}},
	})
	whole := find(results, "stage-2")
	if whole == nil {
		t.Fatal("no row")
	}
	if own, want := whole.Ways[0].Median(), 10_500*20.0; own != want {
		t.Errorf("ours %v, want %v", own, want)
	}
	if theirs, want := whole.Ways[1].Median(), 10_500*(1024*1.1+160); theirs-want > 1e-6*want || want-theirs > 1e-6*want {
		t.Errorf("the original's %v, want %v", theirs, want)
	}
}

// ViT-B/16 at 384 pixels takes 55.5 GFLOP for a picture where a multiplication and its addition are one, and 3.6 less where
// only one token of the last block is computed.
func TestImageFLOP(t *testing.T) {
	s := Full()
	s.Pictures = 1
	if got := s.imageFLOP() / 2 / 1e9; got < 51.8 || got > 52.0 {
		t.Errorf("%.2f", got)
	}
}

// On a GPU there are the rows of what runs there, each with our side first, and no peer that was installed for CPUs.
func TestRowsOfGPU(t *testing.T) {
	list := Options{Size: Full(), Device: "cuda"}.rows()
	if len(list) < 10 {
		t.Fatalf("%d rows", len(list))
	}
	for _, r := range list {
		if r.groups[0][0] != ours || !r.device {
			t.Errorf("%s: %v", r.what, r.groups)
		}
		for _, way := range slices.Concat(r.groups...) {
			if way.pure || way == jax || way == onnx {
				t.Errorf("%s: %s", r.what, way.name)
			}
		}
	}
}

// Captions have the lengths of FashionIQ's: 23 tokens in the middle, 11 to 40 in all.
func TestCaptionLengths(t *testing.T) {
	dir := folder(t.TempDir())
	s := Quick()
	s.Captions = 2000
	if err := dir.write(s, "texts"); err != nil {
		t.Fatal(err)
	}
	file, err := safetensors.Open(dir.inputs("texts"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := &setting{Size: s, folder: dir, name: "texts", inputs: file}
	mask, tokens := in.ints("mask"), make([]int, s.Captions)
	width := len(mask) / s.Captions
	for i, m := range mask {
		tokens[i/width] += m
	}
	slices.Sort(tokens)
	if tokens[0] < 11 || tokens[len(tokens)-1] > 40 || tokens[1000] < 22 || tokens[1000] > 24 {
		t.Errorf("shortest %d, median %d, longest %d", tokens[0], tokens[1000], tokens[len(tokens)-1])
	}
}

func TestInsert(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, []byte("before\n"+tableBegin+"\nold\n"+tableEnd+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := Report{Date: "2026-01-02", Results: []Result{{What: "new", Unit: "s"}}}
	for range 2 { // again changes nothing
		if err := r.Insert(path); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	table, _ := r.Markdown()
	if want := "before\n" + tableBegin + "\n" + table + tableEnd + "\nafter\n"; string(text) != want {
		t.Errorf("%s", text)
	}
	if err := os.WriteFile(path, []byte(tableEnd+"\n"+tableBegin+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.Insert(path); err == nil {
		t.Error("inserted into a file without marks")
	}
}

// README shows what the last `make bench` measured.
func TestReadmeShowsTheReport(t *testing.T) {
	r, err := ReadReport("../../docs/bench.json")
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), tableBegin+"\n"+table+tableEnd) {
		t.Error("the table between the marks is not that of docs/bench.json: run `make bench`, which writes both")
	}
}
