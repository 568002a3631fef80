package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

)

// flags of a model that every command of these tests uses
var model = []string{"-pretrained", "@pre.safetensors", "-text", "@text.safetensors", "-vocab", "@w/vocab.txt"}

func with(args []string, more ...string) []string { return append(args[:len(args):len(args)], more...) }

// tiny are the flags of a training of a few steps.
var tiny = []string{
	"-data", "@w", "-pretrained", "@pre.safetensors", "-vocab", "@w/vocab.txt", "-runs", "runs",
	"-epochs", "2", "-batch-size", "8", "-set", "MaxSteps=3",
}

// Both stages are trained, measured and submitted with the commands that the commands themselves print.
func TestBothStagesEndToEnd(t *testing.T) {
	dir := t.TempDir()
	first := runIn(t, dir, append([]string{"train", "-recipe", "text-cirr-tiny"}, tiny...)...)
	first.want(t, 0, "backend Go", "embeddings are kept in", "best validation", "mean(R@5, Rs@1)", "tuned_blip_mean.safetensors")
	second := runIn(t, dir, append([]string{"train", "-recipe", "combiner-cirr-tiny", "-text", line(t, first, "best")}, tiny...)...)
	second.want(t, 0, "best validation", "combiner_mean.safetensors", "cir eval -dataset cirr")
	next := strings.Fields(line(t, second, "next"))
	runIn(t, dir, next[1:]...).want(t, 0, "protocol", "cirr", "Rs@3")

	combiner := line(t, second, "best")
	submit := with(model, "-combiner", combiner, "-data", "@w")
	runIn(t, dir, append([]string{"submit", "-name", "bi", "-out", "sent"}, submit...)...).want(t, 0, "recall_submission_bi.json", "recall_subset_submission_bi.json")
	for _, name := range []string{"recall_submission_bi.json", "recall_subset_submission_bi.json"} {
		runIn(t, dir, "submit", "-data", "@w", "-check", filepath.Join("sent", name)).want(t, 0, "takes")
	}
}

// line is what a command printed after a word at the start of a line.
func line(t *testing.T, o outcome, word string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^`+word+`: +(.*)$`).FindStringSubmatch(o.stdout)
	if found == nil {
		t.Fatalf("no line %q in:\n%s", word, o.stdout)
	}
	return found[1]
}
