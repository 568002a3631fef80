package folder_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/datasets"
	"gocir/datasets/folder"
)

func write(t testing.TB, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestImagesAreFoundBelowAndSorted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b.JPG", "a/z.png", "a.gif", "a-b/c.webp", "notes.txt", "._b.jpg", ".hidden/x.png", "é.bmp", "x.jpeg", "jpg")
	if err := os.Symlink(filepath.Join(dir, "b.JPG"), filepath.Join(dir, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	d, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a-b/c.webp", "a.gif", "a/z.png", "b.JPG", "x.jpeg", "é.bmp"}
	if !slices.Equal(d.Names(), want) {
		t.Errorf("names %q, want %q", d.Names(), want)
	}
	split, err := d.Split("", folder.Split)
	if err != nil || !slices.Equal(split.Gallery, want) || split.Triplets != nil {
		t.Errorf("split %+v, %v", split, err)
	}
	for _, name := range want {
		if data, err := d.Image(name); err != nil || string(data) != name {
			t.Errorf("image %s: %q, %v", name, data, err)
		}
	}
	if missing := datasets.Missing(d, append(want, "link.jpg", "notes.txt")); !slices.Equal(missing, []string{"link.jpg", "notes.txt"}) {
		t.Errorf("missing %q", missing)
	}
}

func TestWhatIsNoImageOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.png")
	d, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "late.png")
	for _, name := range []string{"../a.png", "/etc/passwd", "late.png", ""} {
		if _, err := d.Image(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("image %q: %v", name, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "a.png")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Image("a.png"); err == nil || !strings.Contains(err.Error(), "removed since") || d.HasImage("a.png") {
		t.Error(err)
	}
	if _, err := d.Split("", "val"); err == nil || !strings.Contains(err.Error(), `"all"`) {
		t.Error(err)
	}
}

func TestFoldersThatAreNoGallery(t *testing.T) {
	empty, strange := t.TempDir(), t.TempDir()
	write(t, empty, "notes.txt")
	write(t, strange, "a\nb.png")
	for dir, want := range map[string]string{
		empty:                           "no file ends in .jpg",
		strange:                         "control character: rename the file",
		filepath.Join(empty, "nowhere"): "no such file",
	} {
		if _, err := folder.Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"dog.jpg", "cat.png", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			panic(err)
		}
	}
	d, err := folder.Open(dir)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Names())
	// Output: [cat.png dog.jpg]
}
