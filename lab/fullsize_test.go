package lab_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/lab"
	"gocir/models"
)

// The paper's model at its real size, BLIP base at 384 pixels, with random weights: seconds and peak memory of all that
// a training does. The peak is that of the whole process, so one benchmark is run at a time, in a process of its own:
//
//	go test -run '^$' -bench 'FullSize/TextStep32$' -benchtime 1x -timeout 30m ./lab
//
// and GOMLX_BACKEND chooses the backend. first-s is the first call, which compiles too. A step of stage II is the
// paper's, with its wide Combiner and 16 rows of pairs at a time.
func BenchmarkFullSize(b *testing.B) {
	b.Run("Pictures8", benchmarkPictures)
	b.Run("Texts64", benchmarkTexts)
	b.Run("Save", benchmarkSave)
	b.Run("Load", benchmarkLoad)
	for _, batch := range []int{32, 128} {
		b.Run("TextStep"+strconv.Itoa(batch), func(b *testing.B) { benchmarkTextStep(b, batch) })
	}
	b.Run("ImageAndTextStep4", benchmarkImageAndTextStep)
	for _, batch := range []int{64, 512} {
		b.Run("CombinerStep"+strconv.Itoa(batch), func(b *testing.B) { benchmarkCombinerStep(b, batch) })
	}
}

func benchmarkPictures(b *testing.B) {
	c := models.BLIPBase384
	m := fullSizeModel(b, c.ImageSpecs())
	pixels := cirtest.Normal(8*3*c.Image.ImageSize*c.Image.ImageSize, 1)
	measure(b, func() error {
		_, err := m.EncodeImages(pixels, 8)
		return err
	})
}

func benchmarkTexts(b *testing.B) {
	m := fullSizeModel(b, models.BLIPBase384.TextSpecs())
	batch := captions(64)
	measure(b, func() error {
		_, err := m.EncodeTexts(batch.IDs, batch.Mask, batch.Rows, batch.Length)
		return err
	})
}

func benchmarkSave(b *testing.B) {
	m := fullSizeModel(b, encoderSpecs())
	path := filepath.Join(b.TempDir(), "pretrained.safetensors")
	measure(b, func() error { return save(m, path) })
}

// benchmarkLoad reads the file through the system's cache, in which writing it has left it.
func benchmarkLoad(b *testing.B) {
	path := filepath.Join(b.TempDir(), "pretrained.safetensors")
	if err := save(fullSizeModel(b, encoderSpecs()), path); err != nil {
		b.Fatal(err)
	}
	o := lab.Options{Backend: cirtest.Backend(b), Files: models.Files{Pretrained: path}, Recipe: models.TextFashionIQ}
	measure(b, func() error {
		_, err := lab.Open(o)
		return err
	})
}

func benchmarkTextStep(b *testing.B, batch int) {
	r := models.TextFashionIQ
	r.BatchSize = batch
	references, targets := embeddings(batch, 1), embeddings(batch, 2)
	ids, mask := tokens(captions(2 * batch))
	benchmarkStep(b, r, models.BLIPBase384.TextSpecs(), references, targets, ids, mask)
}

// benchmarkImageAndTextStep fine-tunes both encoders, with gradient checkpointing.
func benchmarkImageAndTextStep(b *testing.B) {
	const batch = 4
	r, size := models.TextFashionIQ, models.BLIPBase384.Image.ImageSize
	r.BatchSize, r.TrainImage, r.Checkpoint = batch, true, true
	pixels := tensors.FromFlatDataAndDimensions(cirtest.Normal(2*batch*3*size*size, 1), 2*batch, 3, size, size)
	ids, mask := tokens(captions(2 * batch))
	benchmarkStep(b, r, encoderSpecs(), pixels, ids, mask)
}

func benchmarkCombinerStep(b *testing.B, batch int) {
	r := models.CombinerFashionIQ
	r.BatchSize = batch
	benchmarkStep(b, r, models.BLIPBase384.CombinerSpecs(),
		embeddings(batch, 1), embeddings(batch, 2), embeddings(batch, 3), embeddings(batch, 4))
}

func benchmarkStep(b *testing.B, r train.Recipe, specs []tensor.Spec, in ...*tensors.Tensor) {
	m := fullSizeModel(b, specs)
	steps, err := train.NewSteps(m, r)
	if err != nil {
		b.Fatal(err)
	}
	m = nil // its weights have been copied
	measure(b, func() error {
		_, err := steps.Step(r.Rates(0), in...)
		return err
	})
}

// measure reports the seconds of the first call of f and of the later ones, and the largest memory of the process from
// here on, where the system tells it (Linux).
func measure(b *testing.B, f func() error) {
	b.Helper()
	call := func() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	for range 2 { // the first one runs the finalizers of what is held outside of Go's memory
		runtime.GC()
		debug.FreeOSMemory()
	}
	reset := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	start := time.Now()
	call()
	first := time.Since(start).Seconds()
	for b.Loop() {
		call()
	}
	b.ReportMetric(first, "first-s")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/op")
	b.ReportMetric(0, "ns/op") // hides it
	if peak, ok := peakGiB(); ok && reset == nil {
		b.ReportMetric(peak, "peak-GiB")
	}
}

// peakGiB is the largest resident memory of this process since it was reset.
func peakGiB() (float64, bool) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0, false
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	return kib / (1 << 20), err == nil
}

// fullSizeModel holds random weights for specs.
func fullSizeModel(b *testing.B, specs []tensor.Spec) *cir.Model {
	b.Helper()
	weights, err := models.Random(cirtest.Backend(b), specs, 1)
	if err != nil {
		b.Fatal(err)
	}
	m, err := cir.NewModel(cirtest.Backend(b), models.BLIPBase384, weights)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func encoderSpecs() []tensor.Spec {
	return append(models.BLIPBase384.ImageSpecs(), models.BLIPBase384.TextSpecs()...)
}

func save(m *cir.Model, path string) error {
	values, err := m.Weights.Download(encoderSpecs())
	if err != nil {
		return err
	}
	return checkpoints.Write(path, checkpoints.Pretrained, values, models.Metadata(m.Config))
}

// captions are n texts of 24 tokens, about what two captions of FashionIQ have with their mark.
func captions(n int) tokenize.Batch {
	text := tokenize.Mark("is darker red with a round neckline and longer sleeves and belt", tokenize.Forward)
	return tokenize.Default().Batch(slices.Repeat([]string{text}, n), models.TextFashionIQ.MaxLength)
}

func tokens(batch tokenize.Batch) (ids, mask *tensors.Tensor) {
	return tensors.FromFlatDataAndDimensions(batch.IDs, batch.Rows, batch.Length),
		tensors.FromFlatDataAndDimensions(batch.Mask, batch.Rows, batch.Length)
}

func embeddings(n int, seed uint64) *tensors.Tensor {
	width := models.BLIPBase384.EmbedDim
	return tensors.FromFlatDataAndDimensions(cirtest.Normal(n*width, seed), n, width)
}
