package nb

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/must"

	"gocir/cir/report"
)

func ExampleCheck() {
	Check("tokens of a 384-pixel picture", (384/16)*(384/16)+1, 577)
	Between("recall", 18.0, 15, 20)
	// Output:
	// ✓ tokens of a 384-pixel picture: 577
	// ✓ recall: 18 (expected: 15 to 20)
}

// What ends a cell ends the process, with one sentence on stderr and exit status 1, as the kernel wants it.
func TestWhatEndsACell(t *testing.T) {
	cases := map[string]func(){
		"✗ width: 3, want 4":                   func() { Check("width", 3, 4) },
		"✗ recall: NaN, want 0 to 1":           func() { Between("recall", nan(), 0, 1) },
		"✗ recall: 2, want 0 to 1":             func() { Between("recall", 2, 0, 1) },
		"✗ reading a: no such thing":           func() { must.M(errors.New("reading a: no such thing")) },
		"✗ drawing \"empty\": it has no serie": func() { Plot(report.Lines{Title: "empty"}) },
	}
	if name := os.Getenv("GOCIR_TEST_CASE"); name != "" {
		cases[name]()
		return
	}
	for want := range cases {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWhatEndsACell$")
		cmd.Env = append(os.Environ(), "GOCIR_TEST_CASE="+want)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		exit := new(exec.ExitError)
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.HasPrefix(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%v, stderr %q, want exit status 1 and %q", err, stderr.String(), want)
		}
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}

// Where the notebook can do something about an error, the sentence says what.
func TestSentencesSayWhatToDo(t *testing.T) {
	t.Setenv("GOCIR_WORK", "/some/work")
	for want, err := range map[string]error{
		"the disk is full":        fmt.Errorf("writing a run: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}),
		"notebooks write to /som": &os.PathError{Op: "mkdir", Path: "x", Err: syscall.EACCES},
	} {
		if got := sentence(err); !strings.Contains(got, want) || !strings.Contains(got, err.Error()) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// The work folder is the one that was asked for, else the project's, however the kernel was started.
func TestWork(t *testing.T) {
	t.Setenv("GOCIR_WORK", "")
	t.Setenv("GOCIR", "/clone")
	if got := Work(); got != filepath.FromSlash("/clone/notebooks/work") {
		t.Errorf("with the project's kernel: %s", got)
	}
	t.Setenv("GOCIR", "")
	t.Setenv("GONB_DIR", "/clone/notebooks")
	if got := Work(); got != filepath.FromSlash("/clone/notebooks/work") {
		t.Errorf("with another kernel: %s", got)
	}
	t.Setenv("GOCIR_WORK", "/elsewhere")
	if got := Work(); got != "/elsewhere" {
		t.Errorf("with $GOCIR_WORK: %s", got)
	}
}

// A plot becomes several times smaller, and no pixel moves by more than 7 of 255 levels.
func TestSmallerKeepsThePicture(t *testing.T) {
	data, err := report.PNG(report.Lines{Title: "Loss", X: "epoch", Y: "loss", Series: []report.Series{{Name: "a", X: []float64{1, 2, 3}, Y: []float64{3, 2, 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	small := smaller(data)
	if 2*len(small) > len(data) {
		t.Errorf("%d bytes became %d", len(data), len(small))
	}
	before, after := decoded(t, data), decoded(t, small)
	for y := range before.Bounds().Dy() {
		for x := range before.Bounds().Dx() {
			if d := distance(before.At(x, y), after.At(x, y)); d > 7 {
				t.Fatalf("pixel %d, %d moved by %d levels", x, y, d)
			}
		}
	}
}

// A picture with more colours than a palette holds stays as it is.
func TestSmallerLeavesPhotographsAlone(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		picture.Set(i%64, i/64, color.RGBA{uint8(4 * (i % 64)), uint8(4 * (i / 64)), uint8(i), 255})
	}
	var data bytes.Buffer
	if err := png.Encode(&data, picture); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(smaller(data.Bytes()), data.Bytes()) {
		t.Error("the picture was changed")
	}
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func distance(a, b color.Color) (most int) {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	for _, d := range []int{int(x.R) - int(y.R), int(x.G) - int(y.G), int(x.B) - int(y.B), int(x.A) - int(y.A)} {
		most = max(most, d, -d)
	}
	return most
}

// The bar says what is done, how far it is and, once that can be told, how long it will take.
func TestBar(t *testing.T) {
	if got := bar("drawing <pictures>", 5, 20, time.Second); got != `<progress value="5" max="20"></progress> drawing &lt;pictures&gt;: 5 of 20` {
		t.Error(got)
	}
	if got := bar("training", 5, 20, 10*time.Second); !strings.HasSuffix(got, "5 of 20, 30 s left") {
		t.Error(got)
	}
	watch := Progress() // outside a notebook it shows nothing, and works all the same
	for i := range 3 {
		watch("training", i, 2)
	}
}
