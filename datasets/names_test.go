//go:build unix

package datasets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"gocir/datasets/cirr"
	"gocir/datasets/fashioniq"
	"gocir/datasets/folder"
	"gocir/datasets/wardrobe"
	"gocir/torture"
)

const namesFault = "names with `..`, absolute, NUL, symbolic links out of the folder, 4,096 characters, other scripts"

// hostileNames are names of images that a file may give. The folders have links of the names that begin with link.
var hostileNames = []string{
	"", ".", "..", "...", "../secret", "../../secret", "../../../../../../etc/passwd", "a/../../secret", "a/../b", "a/..", "./../secret",
	"/etc/passwd", "//etc/passwd", "/", "/proc/self/environ", "SECRET", `..\secret`, `C:\secret`, `\\host\share`, "C:secret",
	"a\x00b", "secret\x00.jpg", "../secret\x00", "a\nb", "a\rb", "\x1b[2J", "\x7f", "\u0085", "\t",
	strings.Repeat("x", 250), strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("x", 4096), strings.Repeat("漢", 85), strings.Repeat("漢", 1365),
	strings.Repeat("a/", 2047) + "ab", strings.Repeat("../", 1365) + "x",
	"a//b", "./a", "a/.", "a/", "~/secret", "$HOME/secret", "%2e%2e/secret", "..%2fsecret", "．．/secret", "‥/secret", "..\u2215secret",
	" ", "  a", "a ", "-rf", "*", "?", "a|b", "CON", "a:b", "'; DROP", "<script>alert(1)</script>", "&lt;", `"`, "`id`", "$(id)",
	"日本語", "кот", "قطة", "हिन्दी", "𝒳𐍈", "e\u0301", "é", "a\u202egnp.exe", "\u200b", "\ufeffa", "💃🏽", "..a", "a..", ".hidden",
	"link-out", "link-in", "link-folder/secret", "link-loop", "link-absolute", "link-device", "folder", "pipe",
}

// A place is a data folder, with a file beside it that nothing may read.
type place struct {
	t    *testing.T
	base string // holds the file secret, and data
	data string
}

const secret = "what lies outside of the folder"

func newPlace(t *testing.T) place {
	t.Helper()
	base := t.TempDir()
	p := place{t, base, filepath.Join(base, "data")}
	for _, file := range []string{"secret", "secret.jpg", "secret.png", "outside/secret.jpg", "outside/secret.png"} {
		p.write(filepath.Join(base, file), secret)
	}
	return p
}

func (p place) write(path, text string) {
	p.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		p.t.Fatal(err)
	}
}

// fill makes, where the system can, the files that names mean below dir, and the links.
func (p place) fill(dir, extension string, names ...string) {
	p.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	root, err := os.OpenRoot(dir) // so that the test itself writes nothing outside
	if err != nil {
		p.t.Fatal(err)
	}
	defer root.Close()
	for _, name := range names {
		if strings.Contains(name, "link") || name == "folder" || name == "pipe" {
			continue
		}
		if slash := strings.LastIndex(name, "/"); slash > 0 {
			_ = root.MkdirAll(name[:slash], 0o755) // what can't be made is not there
		}
		_ = root.WriteFile(name+extension, []byte("the picture "+name), 0o644)
	}
	up, err := filepath.Rel(dir, filepath.Join(p.base, "secret"))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, target := range map[string]string{
		"link-out" + extension: up, "link-absolute" + extension: filepath.Join(p.base, "secret"), "link-folder": filepath.Join(p.base, "outside"),
		"link-in" + extension: "кот" + extension, "link-loop" + extension: "link-loop" + extension, "link-device" + extension: "/dev/zero",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "folder"+extension), 0o755), syscall.Mkfifo(filepath.Join(dir, "pipe"+extension), 0o644)); err != nil {
		p.t.Fatal(err)
	}
}

// A way is one in which names come from a file: it tries to read the picture of a name.
type way struct {
	name string
	read func(p place, name string) ([]byte, error)
}

var ways = []way{
	{"FashionIQ", readFashion},
	{"CIRR, name", func(p place, name string) ([]byte, error) { return readScene(p, name, "dev/кот.png", name) }},
	{"CIRR, path", func(p place, name string) ([]byte, error) { return readScene(p, "x", name, "x") }},
	{"CIRR, path below dev", func(p place, name string) ([]byte, error) { return readScene(p, "x", "dev/"+name+".png", "x") }},
	{"folder", readFolder},
	{"wardrobe", readWardrobe},
	{"drawing like FashionIQ", func(p place, name string) ([]byte, error) {
		return nil, drawOnce(p, "fashionIQ_dataset/image_splits/split.dress.val.json", []string{name})
	}},
	{"drawing like CIRR", func(p place, name string) ([]byte, error) {
		return nil, drawOnce(p, "cirr_dataset/cirr/image_splits/split.rc2.val.json", map[string]string{"x": name + ".png"})
	}},
}

func (p place) json(path string, value any) {
	p.t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(filepath.Join(p.data, filepath.FromSlash(path)), string(text))
}

func readFashion(p place, name string) ([]byte, error) {
	p.json("image_splits/split.dress.val.json", []string{name})
	d, err := fashioniq.Open(p.data, "dress")
	if err != nil {
		return nil, err
	}
	if _, err := d.Gallery("dress", "val"); err != nil {
		if data, err := d.Image(name); err == nil {
			p.t.Errorf("the split file is refused, and its picture %q read: %.60q", name, data)
		}
		return nil, err
	}
	return d.Image(name)
}

func readScene(p place, name, path, asked string) ([]byte, error) {
	p.json("cirr/image_splits/split.rc2.val.json", map[string]string{name: path})
	d, err := cirr.Open(p.data)
	if err != nil {
		return nil, err
	}
	if _, err := d.Gallery("", "val"); err != nil {
		if data, err := d.Image(asked); err == nil {
			p.t.Errorf("the split file is refused, and its picture %q read: %.60q", asked, data)
		}
		return nil, err
	}
	return d.Image(asked)
}

// readFolder reads a folder that holds the file of that name, if there can be one, and the links.
func readFolder(p place, name string) ([]byte, error) {
	dir := filepath.Join(p.data, "folder")
	defer os.RemoveAll(dir)
	p.fill(dir, ".jpg", name, "кот")
	d, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return d.Image(name + ".jpg")
}

// readWardrobe reads no picture: its names are only looked up.
func readWardrobe(p place, name string) ([]byte, error) {
	dir := filepath.Join(p.data, "wardrobe")
	index, err := os.ReadFile(filepath.Join(dir, "wardrobe.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	var all map[string]json.RawMessage
	var images []map[string]any
	if err := errors.Join(json.Unmarshal(index, &all), json.Unmarshal(all["images"], &images)); err != nil {
		p.t.Fatal(err)
	}
	images[0]["name"] = name
	head, err := json.Marshal(images[:1])
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(filepath.Join(p.data, "changed/wardrobe.json"), fmt.Sprintf(`{"wardrobe": %s, "images": %s}`, all["wardrobe"], head))
	_, err = wardrobe.Open(filepath.Join(p.data, "changed"))
	return nil, err
}

// drawLike draws a picture for the only name of a split file.
func drawLike(p place, to, file string, names any) error {
	p.json("annotations/"+file, names)
	defer os.RemoveAll(filepath.Join(p.data, "annotations"))
	return wardrobe.DrawLike(p.t.Context(), filepath.Join(p.data, "annotations"), to, wardrobe.Options{ImageSize: 32}, nil)
}

// drawOnce draws into a folder beside which nothing may appear, and removes it.
func drawOnce(p place, file string, names any) error {
	to := filepath.Join(p.base, "drawn")
	defer os.RemoveAll(to)
	return drawLike(p, to, file, names)
}

// Whatever name a file gives an image, it is refused with the name, or the file of that name in the folder is read.
func TestTortureNames(t *testing.T) {
	tally := torture.Begin(t, namesFault, "refused with the name, or read as the file of that name; nothing outside of the folder is read or written")
	p := newPlace(t)
	p.fill(filepath.Join(p.data, "images"), ".jpg", hostileNames...)
	p.fill(filepath.Join(p.data, "dev"), ".png", hostileNames...)
	if err := drawLike(p, filepath.Join(p.data, "wardrobe"), "fashionIQ_dataset/image_splits/split.dress.val.json", []string{"x"}); err != nil {
		t.Fatal(err)
	}
	before := listing(t, p.base)
	for _, w := range ways {
		step := torture.Times(3, 1)
		if strings.HasPrefix(w.name, "drawing") { // it waits for the disk
			step = torture.Times(20, 1)
		}
		for i := 0; i < len(hostileNames); i += step {
			tally.Tried()
			name := hostileNames[i]
			data, err := w.read(p, name)
			if problem := judge(name, data, err); problem != "" {
				tally.Lost("%s, name %.60q: %s", w.name, name, problem)
			}
		}
	}
	if after := listing(t, p.base); after != before {
		tally.Lost("files outside of the folder: %s, before %s", after, before)
	}
}

// judge is what is wrong with what was read for a name.
func judge(name string, data []byte, err error) string {
	if err == nil {
		of, picture := strings.CutPrefix(string(data), "the picture ")
		same := path.Clean("/"+of+".x") == path.Clean("/"+name+".x") // "a//b" is "a/b"
		if data == nil || picture && (same || of == "кот") {
			return ""
		}
		return fmt.Sprintf("%.60q was read", data)
	}
	quoted := fmt.Sprintf("%q", name)
	for _, shown := range []string{name, quoted[1 : len(quoted)-1], path.Clean(name), strings.TrimPrefix(path.Clean(name), "/")} {
		shown = shown[:min(len(shown), 20)]
		for !utf8.ValidString(shown) && shown != "" {
			shown = shown[:len(shown)-1]
		}
		if strings.Contains(err.Error(), shown) {
			return ""
		}
	}
	return fmt.Sprintf("the error %q does not name it", err)
}

// listing are the files beside the data folder.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	for _, below := range []string{dir, filepath.Join(dir, "outside")} {
		entries, err := os.ReadDir(below)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			out = append(out, entry.Name())
		}
	}
	return strings.Join(out, " ")
}
