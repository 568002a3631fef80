package wardrobe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// small is the smallest data set.
var small = Options{Images: MinImages, Seed: 7, ImageSize: 32}

func mustDraw(t *testing.T, dir string, o Options) {
	t.Helper()
	if err := Draw(t.Context(), dir, o, nil); err != nil {
		t.Fatal(err)
	}
}

// sameFiles compares two folders, file by file, and returns how many there are.
func sameFiles(t *testing.T, a, b string) int {
	t.Helper()
	count := 0
	err := filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		count++
		name, err := filepath.Rel(a, path)
		if err != nil {
			return err
		}
		x, errX := os.ReadFile(path)
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			return fmt.Errorf("%s differs (%v, %v)", name, errX, errY)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return count
}

func TestEqualOptionsDrawEqualBytes(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	mustDraw(t, a, small)
	one := small
	one.Workers = 1
	mustDraw(t, b, one)
	if n, m := sameFiles(t, a, b), sameFiles(t, b, a); n != m || n != MinImages+9*2+3*2+2 {
		t.Errorf("%d and %d files, want the pictures, 24 annotation files, vocabulary and index", n, m)
	}
	other := small
	other.Seed++
	mustDraw(t, c, other)
	x, y := mustRead(t, a, indexFile), mustRead(t, c, indexFile)
	if _, x, _ = bytes.Cut(x, []byte("\n")); bytes.Contains(y, x) {
		t.Error("another seed drew the same")
	}
}

func mustRead(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestFinishedFolderIsLeftAsItIs(t *testing.T) {
	dir := t.TempDir()
	mustDraw(t, dir, small)
	gone := filepath.Join(dir, "fashionIQ_dataset", "captions", "cap.dress.val.json")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	mustDraw(t, dir, small)
	if _, err := os.Stat(gone); err == nil {
		t.Error("it was drawn again")
	}
	other := small
	other.Seed++
	if err := Draw(t.Context(), dir, other, nil); err == nil || !strings.Contains(err.Error(), "seed 7") {
		t.Errorf("other options over it: %v, want an error that tells its own", err)
	}
}

func TestForeignFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := Draw(t.Context(), dir, small, nil)
	if err == nil || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("error %v, want one that names what is there", err)
	}
	if content, _ := os.ReadDir(dir); len(content) != 1 {
		t.Errorf("it wrote into the folder: %v", content)
	}
	if err := Draw(t.Context(), filepath.Join(dir, "thesis.txt", "data"), small, nil); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("below a file: %v", err)
	}
}

// A run that is stopped leaves a folder that Open refuses and that Draw finishes to the same bytes.
func TestInterruptedDrawing(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	mustDraw(t, whole, small)
	ctx, cancel := context.WithCancel(t.Context())
	err := Draw(ctx, dir, small, func(done, total int) {
		if done == total/2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "draw again") {
		t.Errorf("error %v, want a cancelled one with advice", err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not finished") {
		t.Errorf("opening the half: %v", err)
	}
	calls := 0
	if err := Draw(t.Context(), dir, small, func(done, total int) {
		if calls++; done != calls || total != MinImages {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	}); err != nil || calls != MinImages {
		t.Fatal(err, calls)
	}
	sameFiles(t, dir, whole)
	sameFiles(t, whole, dir)
}

// What a drawing that was killed left half-written does not keep the next one from the folder, and is gone afterwards.
func TestLeftoversOfAKilledDrawing(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	mustDraw(t, a, small)
	captions := filepath.Join(b, "cirr_dataset", "cirr", "captions")
	if err := os.MkdirAll(captions, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(captions, ".cap.rc2.val.json.tmp-999999999-1"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]header{"wardrobe": {Format: formatVersion, Source: sourceDrawn, Options: small.withDefaults()}})
	if err != nil || os.WriteFile(filepath.Join(b, unfinishedFile), text, 0o644) != nil {
		t.Fatal(err)
	}
	mustDraw(t, b, small)
	if n, m := sameFiles(t, a, b), sameFiles(t, b, a); n != m {
		t.Errorf("%d files, and %d after a drawing that was killed", n, m)
	}
	c := t.TempDir() // killed before the first file had its name
	if err := os.WriteFile(filepath.Join(c, "."+unfinishedFile+".tmp-999999999-1"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	mustDraw(t, c, small)
	sameFiles(t, c, a)
}

func TestOptionsThatCannotBeDrawn(t *testing.T) {
	for _, o := range []Options{
		{Images: MinImages - 1}, {Images: MaxImages + 1}, {ImageSize: 8}, {Format: "bmp"}, {Workers: -1}, {Splits: []string{"dev"}}, {Images: -3},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		if o.Validate() == nil {
			t.Errorf("%+v is valid", o)
		}
		if o.Splits == nil {
			if err := Draw(t.Context(), dir, o, nil); err == nil {
				t.Errorf("%+v was drawn", o)
			}
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%+v left something", o)
		}
	}
}

func TestFullDiskIsExplained(t *testing.T) {
	err := &fs.PathError{Op: "write", Path: "x.png", Err: syscall.ENOSPC}
	if got := advice(fmt.Errorf("after 3 of 9 pictures: %w", err)); !strings.Contains(got, "free some space") {
		t.Errorf("advice %q", got)
	}
}

// Every picture has the size asked for, and those that show the same thing differ in nothing but what names choose.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	o := Options{Images: MinImages, ImageSize: 48, Format: "jpg"}
	mustDraw(t, dir, o)
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	formats := map[string]int{}
	for _, p := range w.pictures {
		img, format, err := image.Decode(bytes.NewReader(mustRead(t, dir, p.file)))
		if err != nil {
			t.Fatalf("%s: %v", p.file, err)
		}
		formats[format]++
		if size := img.Bounds().Size(); max(size.X, size.Y) != 48 || min(size.X, size.Y) < 30 {
			t.Errorf("%s is %v", p.file, size)
		}
		if colours := distinct(img); colours < 3 {
			t.Errorf("%s has %d colours", p.file, colours)
		}
	}
	if formats["jpeg"] != 134 || formats["png"] != 66 {
		t.Errorf("formats %v", formats)
	}
}

func distinct(img image.Image) int {
	seen := map[color.Color]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[img.At(x, y)] = true
		}
	}
	return len(seen)
}
