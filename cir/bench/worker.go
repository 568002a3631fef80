package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/safetensors"
	"gocir/cir/backend"
)

// A work is one piece of work on our side.
type work struct {
	check func() ([]float64, error) // numbers that the peers must have too; nil: none
	run   func() error
	warm  bool // check does what run does, so that run need not be warmed up
	gpu   bool
}

// A setting is what a piece of work is given.
type setting struct {
	Size
	folder  folder
	backend compute.Backend
	name    string // such as text-step:32
	n       int    // its size, 32
	inputs  *safetensors.File
}

// A message is a line from a worker: when it is ready, after each run, and at the end.
type message struct {
	Check   []float64 `json:"check,omitempty"`
	Version string    `json:"version,omitempty"`
	Warm    bool      `json:"warm,omitempty"` // nothing is left to compile
	Seconds float64   `json:"seconds,omitempty"`
	CPU     float64   `json:"cpu,omitempty"`  // seconds of all cores
	Peak    float64   `json:"peak,omitempty"` // bytes
}

// Serve does one piece of work, timed, for each line "run" of in, as peers/peer.py does on the other side. line
// describes the backend.
func Serve(in io.Reader, out io.Writer, dir, name string, b compute.Backend, line string) error {
	size, err := readSize(dir)
	if err != nil {
		return err
	}
	s := &setting{Size: size, folder: folder(dir), backend: b, name: name}
	var kind string
	kind, s.n = parse(name)
	if inputs[kind] != nil {
		if s.inputs, err = safetensors.Open(s.folder.inputs(name)); err != nil {
			return err
		}
		defer s.inputs.Close()
	}
	if works[kind] == nil {
		return fmt.Errorf("there is no piece of work %q", kind)
	}
	w, err := works[kind](s)
	if err != nil {
		return fmt.Errorf("preparing %s: %w", name, err)
	}
	if slices.Contains(s.Unchecked, name) {
		w.check, w.warm = nil, false
	}
	w.gpu = backend.GPUs(b) > 0
	return w.serve(in, out, line)
}

func (w *work) serve(in io.Reader, out io.Writer, line string) (err error) {
	say := json.NewEncoder(out)
	ready := message{Version: line, Warm: w.warm}
	if w.check != nil {
		if ready.Check, err = w.check(); err != nil {
			return err
		}
	}
	for range 2 { // the first one runs the finalizers of what is held outside of Go's memory
		runtime.GC()
		debug.FreeOSMemory()
	}
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where it can't be, the peak is that of the whole process
	if err := say.Encode(ready); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan() && lines.Text() == "run"; {
		start, cpu := time.Now(), cpuSeconds()
		if err := w.run(); err != nil {
			return err
		}
		if err := say.Encode(message{Seconds: time.Since(start).Seconds(), CPU: cpuSeconds() - cpu}); err != nil {
			return err
		}
	}
	if w.gpu {
		return say.Encode(message{}) // XLA does not tell how much of a GPU's memory was needed
	}
	return say.Encode(message{Peak: peakBytes()})
}

// parse cuts a piece of work's name: text-step:32 is of kind text-step and size 32.
func parse(name string) (kind string, n int) {
	kind, size, _ := strings.Cut(name, ":")
	n, _ = strconv.Atoi(size) // read:pt has no number
	return kind, n
}

func (s *setting) floats(name string) []float32 {
	t, ok := s.inputs.Tensor(name)
	if !ok {
		panic(fmt.Sprintf("the inputs of %s lack %s", s.name, name))
	}
	values, err := t.Float32s()
	if err != nil {
		panic(err)
	}
	return values
}

func (s *setting) ints(name string) []int {
	t, _ := s.inputs.Tensor(name)
	values, err := t.Int64s()
	if err != nil {
		panic(err)
	}
	out := make([]int, len(values))
	for i, v := range values {
		out[i] = int(v)
	}
	return out
}

func (s *setting) texts(name string) []string {
	t, _ := s.inputs.Tensor(name)
	return strings.Split(string(t.Data), "\n")
}

// rows is an input [n, E] on its way to a backend.
func (s *setting) rows(name string) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(s.floats(name), s.n, s.EmbedDim)
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// peakBytes is the largest resident memory of this process; 0 where the system does not tell.
func peakBytes() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib * 1024
}
