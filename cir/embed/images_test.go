package embed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestRowsFollowNamesAndEqualPicturesAreEncodedOnce(t *testing.T) {
	s, names := shelfOf(10)
	s["twin"] = s[names[3]]
	names = append(names, "twin", names[9], names[0])
	var e eye
	report := mustEmbed(t, looker(&e, ""), s, names)
	if e.calls.Load() != 3 || e.pictures.Load() != 10 {
		t.Errorf("%d calls for %d pictures, want 3 (the last one padded) for 10", e.calls.Load(), e.pictures.Load())
	}
	if report.Encoded != 10 || report.Repeated != 1 || report.Cached != 0 {
		t.Errorf("report %+v, want 10 encoded and 1 repeated", *report)
	}
}

func TestSecondRunEncodesNothing(t *testing.T) {
	s, names := shelfOf(10)
	var first, second eye
	dir := t.TempDir()
	mustEmbed(t, looker(&first, dir), s, names)
	s["new name"] = s[names[7]] // content counts, names don't
	var told []int
	images := looker(&second, dir)
	images.Progress = func(done, total int) { told = append(told, done, total) }
	report := mustEmbed(t, images, s, append(names, "new name"))
	if second.calls.Load() != 0 || report.Cached != 11 || report.Encoded != 0 {
		t.Errorf("second run: %d calls, report %+v", second.calls.Load(), *report)
	}
	if n := len(told); n != 22 || told[n-2] != 11 || told[n-1] != 11 {
		t.Errorf("progress %v, want up to 11 of 11", told)
	}
}

func TestOtherWeightsRecipesAndPicturesAreEncodedAnew(t *testing.T) {
	s, names := shelfOf(4)
	dir := t.TempDir()
	mustEmbed(t, looker(new(eye), dir), s, names)
	otherWeights, otherRecipe := looker(new(eye), dir), looker(new(eye), dir)
	otherWeights.WeightsDigest, otherRecipe.Recipe.Transform = "weights-b", "squarepad"
	for _, images := range []Images{otherWeights, otherRecipe} {
		if report := mustEmbed(t, images, s, names); report.Encoded != 4 || len(report.Unusable) > 0 {
			t.Errorf("report %+v, want 4 encoded", *report)
		}
	}
	s[names[2]] = picture(77)
	if report := mustEmbed(t, looker(new(eye), dir), s, names); report.Encoded != 1 || report.Cached != 3 {
		t.Errorf("after one picture changed: %+v", *report)
	}
}

func TestMissingPicturesAreAllListedBeforeAnythingIsEncoded(t *testing.T) {
	s, names := shelfOf(40)
	for _, name := range names[5:30] {
		delete(s, name)
	}
	var e eye
	_, _, err := looker(&e, "").Embed(t.Context(), s, names)
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Images) != 25 || missing.Images[24].Name != names[29] {
		t.Fatalf("error %v, want one that lists 25 names", err)
	}
	for _, want := range []string{"25 of 40", `"picture-5"`, `"picture-24"`, "and 5 more"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %s", err, want)
		}
	}
	if e.calls.Load() != 0 {
		t.Error("something was encoded")
	}
	images := looker(&e, "")
	images.SkipMissing = true
	got, report, err := images.Embed(t.Context(), s, names)
	if err != nil || len(report.Missing) != 25 {
		t.Fatal(err, report)
	}
	checkRows(t, images.Recipe, got, s, append(names[:5:5], names[30:]...))
}

func TestUnreadablePicturesAreAllListed(t *testing.T) {
	s, names := shelfOf(60)
	for _, name := range []string{names[0], names[59]} {
		s[name] = s[name][:40]
	}
	var e eye
	_, _, err := looker(&e, "").Embed(t.Context(), s, names)
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Images) != 2 || missing.Images[1].Name != names[59] {
		t.Fatalf("error %v, want one that lists the first and the last picture", err)
	}
	if e.calls.Load() != 0 {
		t.Error("went on encoding after the first picture had failed")
	}
	images := looker(&e, "")
	images.SkipMissing = true
	got, report, err := images.Embed(t.Context(), s, names)
	if err != nil || len(report.Missing) != 2 || report.Encoded != 58 {
		t.Fatal(err, report)
	}
	checkRows(t, images.Recipe, got, s, names[1:59])
}

func TestFaultyEncodersGiveOneErrorThatNamesThePicture(t *testing.T) {
	rows := func(v float32) []float32 { return []float32{1, 1, 1, 1, 1, v, 1, 1, 1, 1, 1, 1} }
	for want, encode := range map[string]func([]float32, int) ([]float32, error){
		`"picture-0" to "picture-3": out of memory`:         func([]float32, int) ([]float32, error) { return nil, errors.New("out of memory") },
		`to "picture-3": the encoder panicked: shape`:       func([]float32, int) ([]float32, error) { panic("shape") },
		`the encoder gave 5 numbers, want 12`:               func([]float32, int) ([]float32, error) { return make([]float32, 5), nil },
		`"picture-1": number 2 is NaN, not finite`:          func([]float32, int) ([]float32, error) { return rows(float32(math.NaN())), nil },
		`image "picture-1": number 2 is +Inf, not finite: `: func([]float32, int) ([]float32, error) { return rows(float32(math.Inf(1))), nil },
	} {
		s, names := shelfOf(6)
		images := looker(new(eye), t.TempDir())
		images.Encode = encode
		if _, _, err := images.Embed(t.Context(), s, names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if report := mustEmbed(t, looker(new(eye), images.CacheDir), s, names); report.Cached > 0 {
			t.Errorf("%s: %d embeddings of a bad batch were cached", want, report.Cached)
		}
	}
}

// A failingShelf has each picture, but can't read one of them.
type failingShelf struct{ shelf }

func (s failingShelf) Image(name string) ([]byte, error) {
	if name == "picture-2" {
		return nil, fs.ErrPermission
	}
	return s.shelf.Image(name)
}

func TestSourceErrorsAreKept(t *testing.T) {
	s, names := shelfOf(4)
	images := looker(new(eye), "")
	images.SkipMissing = true
	_, report, err := images.Embed(t.Context(), failingShelf{s}, names)
	if err != nil || len(report.Missing) != 1 || !errors.Is(report.Missing[0], fs.ErrPermission) {
		t.Errorf("report %+v, error %v", *report, err)
	}
}

// A panickingShelf panics at one name.
type panickingShelf struct{ shelf }

func (s panickingShelf) Image(name string) ([]byte, error) {
	if name == "picture-17" {
		panic("corrupt")
	}
	return s.shelf.Image(name)
}

func TestPanicWhileDecodingStopsAllAndNamesThePicture(t *testing.T) {
	s, names := shelfOf(30)
	before := runtime.NumGoroutine()
	_, _, err := looker(new(eye), "").Embed(t.Context(), panickingShelf{s}, names)
	if err == nil || !strings.Contains(err.Error(), `image "picture-17": decoding panicked: corrupt`) {
		t.Errorf("error %v", err)
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) { // one that is done may still be on its way out
		if time.Now().After(end) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

func TestCancelledRunGoesOnWhereItStopped(t *testing.T) {
	s, names := shelfOf(30)
	ctx, cancel := context.WithCancel(t.Context())
	images := looker(new(eye), t.TempDir())
	images.Progress = func(done, _ int) {
		if done == 12 {
			cancel()
		}
	}
	if _, _, err := images.Embed(ctx, s, names); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	report := mustEmbed(t, looker(new(eye), images.CacheDir), s, names)
	if report.Cached < 12 || report.Cached%4 != 0 || report.Cached+report.Encoded != 30 {
		t.Errorf("after a stop at 12: %+v", *report)
	}
}

// A countingShelf counts what was read.
type countingShelf struct {
	shelf
	read *atomic.Int64
}

func (s countingShelf) Image(name string) ([]byte, error) {
	s.read.Add(1)
	return s.shelf.Image(name)
}

// While the encoder is at work, the next batch is decoded, and no more.
func TestDecodingIsAheadButBounded(t *testing.T) {
	s, names := shelfOf(200)
	images, source := looker(new(eye), ""), countingShelf{s, new(atomic.Int64)}
	encode, most := images.Encode, int64(4+images.ahead())
	images.Encode = func(pixels []float32, n int) ([]float32, error) {
		next := min(200, most-int64(images.ahead())+4)
		for wait := time.Now(); source.read.Load() < next; time.Sleep(time.Millisecond) {
			if time.Since(wait) > 10*time.Second {
				return nil, fmt.Errorf("%d pictures were read: no next batch", source.read.Load())
			}
		}
		time.Sleep(2 * time.Millisecond)
		if read := source.read.Load(); read > most {
			return nil, fmt.Errorf("%d pictures were read, want at most %d", read, most)
		}
		most += 4
		return encode(pixels, n)
	}
	if _, _, err := images.Embed(t.Context(), source, names); err != nil {
		t.Error(err)
	}
}

func TestEverythingWrongWithTheOptionsIsReported(t *testing.T) {
	_, _, err := Images{CacheDir: "somewhere", BatchSize: -1}.Embed(t.Context(), shelf{}, nil)
	for _, want := range []string{"no Encode", "width 0", "batch size -1", "WeightsDigest"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}
