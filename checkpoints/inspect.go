package checkpoints

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

// A Summary is what a checkpoint holds.
type Summary struct {
	Path       string            `json:"path"`
	Bytes      int64             `json:"bytes"` // of the file
	Format     string            `json:"format"`
	Checked    string            `json:"checked"` // what protects the values against damage
	Kind       Kind              `json:"kind,omitempty"`
	Parameters int               `json:"parameters"`   // floating-point values, without optimizer state and surplus
	TensorSize int               `json:"tensor_bytes"` // of all tensors; shared ones count each time
	Tensors    []Entry           `json:"tensors"`
	Values     []Field           `json:"values,omitempty"` // what else was saved, such as the epoch
	Metadata   map[string]string `json:"metadata,omitempty"`
}

// An Entry is one tensor.
type Entry struct {
	Name  string       `json:"name"` // as in the file, nested keys joined by "/"
	DType tensor.DType `json:"dtype"`
	Shape []int        `json:"shape"`
	Note  string       `json:"note,omitempty"` // why no model needs it, or what is wrong with it
}

// A Field is a saved value that is no tensor.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Describe lists what the checkpoint holds, and which of its tensors are not finite.
func (c *Checkpoint) Describe() (*Summary, error) {
	info, err := os.Stat(c.path)
	if err != nil {
		return nil, fmt.Errorf("inspecting checkpoint: %w", err)
	}
	s := &Summary{Path: c.path, Bytes: info.Size(), Kind: c.Kind(), Metadata: c.Metadata(), Checked: "sizes only"}
	if c.safe != nil {
		s.Format = "safetensors"
		if c.safe.Checksummed() {
			s.Checked = "sizes and CRC-32C"
		}
		for _, name := range c.safe.Names() {
			t, _ := c.safe.Tensor(name)
			s.add(name, name, t)
		}
		return s, nil
	}
	s.Format = string(c.pt.Format())
	if c.pt.Format() == torch.Zip {
		s.Checked = "sizes and CRC-32"
	}
	d := describer{summary: s}
	d.walk("", "", c.pt.Root())
	return s, d.err
}

// optimizerKey is where the original saves the optimizer; it never reads it again.
const optimizerKey = "optimizer_state_dict/"

// add appends a tensor. key is the innermost of the keys that name is made of.
func (s *Summary) add(name, key string, t tensor.Tensor) {
	e := Entry{Name: name, DType: t.DType, Shape: t.Shape, Note: Surplus(key)}
	if strings.HasPrefix(name, optimizerKey) {
		e.Note = "optimizer"
	}
	if t.DType.Float() && e.Note == "" {
		s.Parameters += t.Len()
	}
	if at := t.NonFinite(); at >= 0 {
		e.Note = strings.TrimPrefix(fmt.Sprintf("%s; NaN or infinity at element %d", e.Note, at), "; ")
	}
	s.TensorSize += len(t.Data)
	s.Tensors = append(s.Tensors, e)
}

// A describer walks through the object of a PyTorch file.
type describer struct {
	summary *Summary
	bytes   int // of all names
	err     error
}

// maxDescription bounds the names of a summary: few bytes of a file can name one part very often.
const maxDescription = 32 << 20

func (d *describer) walk(path, key string, v torch.Value) {
	if d.bytes += len(path) + 64; d.bytes > maxDescription {
		d.err = fmt.Errorf("inspecting %s: its object is nested too widely to be listed", d.summary.Path)
		return
	}
	switch v := v.(type) {
	case *tensor.Tensor:
		d.summary.add(path, key, *v)
	case *torch.Dict:
		for k, child := range v.All() {
			d.walk(join(path, k), fmt.Sprint(k), child)
		}
	case *torch.List:
		d.items(path, v.Items)
	case torch.Tuple:
		d.items(path, v)
	default:
		d.summary.Values = append(d.summary.Values, Field{path, shorten(v)})
	}
}

// items walks through a list, or prints it on one line where it holds numbers and the like.
func (d *describer) items(path string, items []torch.Value) {
	if !slices.ContainsFunc(items, isContainer) {
		d.summary.Values = append(d.summary.Values, Field{path, shortenList(items)})
		return
	}
	for i, child := range items {
		d.walk(join(path, i), "", child)
	}
}

func isContainer(v torch.Value) bool {
	switch v.(type) {
	case *tensor.Tensor, *torch.Dict, *torch.List, torch.Tuple:
		return true
	}
	return false
}

func join(path string, key any) string {
	return strings.TrimPrefix(fmt.Sprintf("%s/%v", path, key), "/")
}

// shorten is a value on one line of at most 60 characters.
func shorten(v torch.Value) string {
	text := fmt.Sprint(v)
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		text = fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	}
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return text
}

func shortenList(items []torch.Value) string {
	const most = 8
	var parts []string
	for _, v := range items[:min(len(items), most)] {
		parts = append(parts, shorten(v))
	}
	if len(items) > most {
		parts = append(parts, fmt.Sprintf("… (%d values)", len(items)))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// WriteTable writes the summary as text: what the file is, its values, a row per tensor.
func (s *Summary) WriteTable(w io.Writer) error {
	rows := [][]string{
		{"file", s.Path},
		{"format", fmt.Sprintf("%s, %s verified", s.Format, s.Checked)},
		{"holds", s.Kind.String()},
		{"size", fmt.Sprintf("%s in the file, %s in %d tensors", megabytes(s.Bytes), megabytes(int64(s.TensorSize)), len(s.Tensors))},
		{"parameters", fmt.Sprint(s.Parameters)},
	}
	for _, key := range slices.Sorted(maps.Keys(s.Metadata)) {
		rows = append(rows, []string{key, shorten(s.Metadata[key])})
	}
	for _, f := range s.Values {
		rows = append(rows, []string{f.Name, f.Value})
	}
	tensors := [][]string{{"tensor", "type", "shape", "note"}}
	for _, e := range s.Tensors {
		tensors = append(tensors, []string{e.Name, string(e.DType), fmt.Sprint(e.Shape), e.Note})
	}
	_, err := io.WriteString(w, aligned(rows)+"\n"+aligned(tensors))
	return err
}

// aligned are rows in columns, two spaces apart, without spaces at the ends of lines.
func aligned(rows [][]string) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush() // a strings.Builder takes all
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func megabytes(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
