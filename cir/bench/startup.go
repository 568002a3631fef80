package bench

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"gocir/checkpoints"
	"gocir/cir/tokenize"
	"gocir/datasets/wardrobe"
	"gocir/models"
)

// startupSeconds is how long `cir eval` may take from its start to its result.
const startupSeconds = 2

// startup times `cir eval` of the tiny model on drawn data, from the start of the process to its end, with the pictures'
// embeddings in the cache. command begins with the program and ends before the flags of eval.
func (o Options) startup(ctx context.Context, f folder) (Result, error) {
	result := Result{What: "start-up: cir eval of the tiny model, 300 drawn pictures", Work: "startup", Unit: "s"}
	data, weights := f.path("drawn"), f.path("tiny.safetensors")
	if err := wardrobe.Draw(ctx, data, wardrobe.Options{Images: 300, Seed: 1}, nil); err != nil {
		return result, err
	}
	vocabulary := data + "/vocab.txt"
	tokenizer, err := tokenize.Open(vocabulary)
	if err != nil {
		return result, err
	}
	config := models.Tiny
	config.Text.Vocabulary = tokenizer.Size()
	drawn := models.Draw(append(config.ImageSpecs(), config.TextSpecs()...), 1)
	if err := checkpoints.Write(weights, checkpoints.Pretrained, drawn, models.Metadata(config)); err != nil {
		return result, err
	}
	for _, way := range []way{ours, pureGo} {
		argv := append(o.Eval(way.pure), "-dataset", "fashioniq", "-data", data, "-pretrained", weights, "-vocab", vocabulary,
			"-preset", "tiny", "-cache", f.path("cache"))
		result.Ways = append(result.Ways, o.timed(ctx, way, argv))
	}
	if t := result.Ways[0].Median(); t > 0 {
		result.Goals = []Met{{Against: fmt.Sprintf("%d s", startupSeconds), Least: 1, Ratio: startupSeconds / t}}
	}
	return result, nil
}

// timed runs a command once to fill the caches, then in rounds.
func (o Options) timed(ctx context.Context, way way, argv []string) Measured {
	m := Measured{Way: way.name}
	for round := range o.Rounds + 1 {
		command, begin := exec.CommandContext(ctx, argv[0], argv[1:]...), time.Now()
		if out, err := command.CombinedOutput(); err != nil {
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			m.Failed = fmt.Sprintf("%v: %s", err, lines[len(lines)-1])
			return m
		}
		took, state := time.Since(begin).Seconds(), command.ProcessState
		if round == 0 {
			m.First = took
			continue
		}
		m.Seconds = append(m.Seconds, took)
		m.CPU = append(m.CPU, (state.UserTime() + state.SystemTime()).Seconds())
	}
	return m
}
