// Package checkpoints reads and writes weights: those of the original (PyTorch's .pt and .pth files) and our own
// (safetensors), all under the names that the original gives its tensors.
//
// What a file holds is found by its content, never by its name. Weights fit a model whole or nothing is loaded: Match
// lists every tensor that the two do not share.
package checkpoints

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

// A Kind says which weights a checkpoint holds.
type Kind string

// The kinds of checkpoints that are loaded by kind. Others may be written with Write; only their tensors are read.
const (
	Pretrained Kind = "pretrained" // both encoders, as BLIP was pretrained: visual_encoder.*, text_encoder.*, …_proj.*
	Text       Kind = "text"       // stage I: text_encoder.*, text_proj.*
	Combiner   Kind = "combiner"   // stage II: the Combiner's layers
	Training   Kind = "training"   // what a training goes on from: weights and the optimizer's moments of each
)

// kindKey is the metadata field in which our own files name their kind.
const kindKey = "gocir.kind"

// wrappers are the keys under which the original's files hold a state dictionary of each kind.
var wrappers = map[Kind]string{Pretrained: "model", Text: "BLIPTextEncoder", Combiner: "Combiner"}

// String is the kind in words.
func (k Kind) String() string {
	switch k {
	case Pretrained:
		return "a pretrained BLIP"
	case Text:
		return "a text encoder"
	case Combiner:
		return "a Combiner"
	case Training:
		return "a training to resume"
	case "":
		return "weights of no stated kind"
	}
	return "a checkpoint of kind " + string(k)
}

// A Checkpoint is an open file of weights. Tensors may view the mapped file and are invalid after Close.
type Checkpoint struct {
	path string
	safe *safetensors.File // one of the two
	pt   *torch.File
}

// Open opens the checkpoint at path: safetensors, or PyTorch's zip or legacy container. Everything in it is checked
// before Open returns. Any other file gets an error that says what it is instead.
func Open(path string) (*Checkpoint, error) {
	format, err := sniff(path)
	if err != nil {
		return nil, fmt.Errorf("opening checkpoint: %w", err)
	}
	c := &Checkpoint{path: path}
	if format == formatSafetensors {
		c.safe, err = safetensors.Open(path)
	} else {
		c.pt, err = torch.Open(path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening checkpoint: %w", err)
	}
	return c, nil
}

// Path is the file's path, as Open was given it.
func (c *Checkpoint) Path() string { return c.path }

// Close unmaps the file. It may be called again.
func (c *Checkpoint) Close() error {
	if c.safe != nil {
		return c.safe.Close()
	}
	return c.pt.Close()
}

// Kind is what the file says or shows it holds; empty where it does neither.
func (c *Checkpoint) Kind() Kind {
	if c.safe != nil {
		return Kind(c.safe.Metadata()[kindKey])
	}
	root, _ := c.pt.Root().(*torch.Dict)
	for kind, wrapper := range wrappers {
		if _, ok := stateDict(root, wrapper); ok {
			return kind
		}
	}
	return ""
}

// Metadata is a copy of a safetensors file's free text fields; empty for PyTorch's files.
func (c *Checkpoint) Metadata() map[string]string {
	if c.safe != nil {
		return c.safe.Metadata()
	}
	return map[string]string{}
}

// Pretrained returns the weights of both encoders: {"model": state dictionary}, as BLIP is published, a bare state
// dictionary, or our own file. What a pretraining file holds beyond the encoders (see Surplus) is left out.
func (c *Checkpoint) Pretrained() (map[string]tensor.Tensor, error) { return c.weights(Pretrained) }

// Text returns the weights of a fine-tuned text encoder: {"BLIPTextEncoder": state dictionary}, a bare one, or our file.
func (c *Checkpoint) Text() (map[string]tensor.Tensor, error) { return c.weights(Text) }

// Combiner returns the weights of a Combiner: {"Combiner": state dictionary}, a bare one, or our own file.
func (c *Checkpoint) Combiner() (map[string]tensor.Tensor, error) { return c.weights(Combiner) }

// Training returns the weights and the moments of a training that can be resumed: our own file.
func (c *Checkpoint) Training() (map[string]tensor.Tensor, error) { return c.weights(Training) }

// weights are the tensors of the checkpoint by name, if it holds what was asked for.
func (c *Checkpoint) weights(want Kind) (map[string]tensor.Tensor, error) {
	if have := c.Kind(); have != want && have != "" {
		return nil, fmt.Errorf("%s holds %v, not %v: give the file of %v here", c.path, have, want, want)
	}
	all, err := c.all(want)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(name string, _ tensor.Tensor) bool { return Surplus(name) != "" })
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no weights of %v", c.path, want)
	}
	return all, nil
}

// all are the checkpoint's tensors of a kind, surplus included.
func (c *Checkpoint) all(want Kind) (map[string]tensor.Tensor, error) {
	if c.safe != nil {
		all := map[string]tensor.Tensor{}
		for _, name := range c.safe.Names() {
			all[name], _ = c.safe.Tensor(name)
		}
		return all, nil
	}
	root, _ := c.pt.Root().(*torch.Dict)
	if all, ok := stateDict(root, wrappers[want]); ok {
		return all, nil
	}
	if all, ok := flatten(root); ok {
		return all, nil
	}
	return nil, fmt.Errorf("%s is a PyTorch file without the key %q, under which %v is saved; it has %s",
		c.path, wrappers[want], want, describeKeys(root))
}

// stateDict is the state dictionary under a key of root.
func stateDict(root *torch.Dict, key string) (map[string]tensor.Tensor, bool) {
	if root == nil {
		return nil, false
	}
	inner, _ := root.Get(key)
	d, _ := inner.(*torch.Dict)
	return flatten(d)
}

// flatten is d as a map, if it holds tensors under names and nothing else.
func flatten(d *torch.Dict) (map[string]tensor.Tensor, bool) {
	if d == nil || d.Len() == 0 {
		return nil, false
	}
	all := map[string]tensor.Tensor{}
	for key, value := range d.All() {
		name, ok1 := key.(string)
		t, ok2 := value.(*tensor.Tensor)
		if !ok1 || !ok2 {
			return nil, false
		}
		all[name] = *t
	}
	return all, true
}

func describeKeys(d *torch.Dict) string {
	if d == nil {
		return "no keys: it is no dictionary"
	}
	var keys []string
	for key := range d.All() {
		if len(keys) == 10 {
			keys = append(keys, "…")
			break
		}
		keys = append(keys, fmt.Sprintf("%#v", key))
	}
	return fmt.Sprintf("%d keys: %s", d.Len(), strings.Join(keys, ", "))
}

// Surplus says what a tensor of a checkpoint is that neither encoder needs, "" where it is none of these. BLIP's
// pretraining files hold many: its momentum encoders, its decoder, its matching head, its queues.
func Surplus(name string) string {
	part, _, _ := strings.Cut(name, ".")
	switch {
	case strings.HasSuffix(part, "_m"):
		return "momentum copy, for pretraining only"
	case part == "text_decoder":
		return "text decoder, for pretraining only"
	case part == "itm_head":
		return "image-text matching head, for pretraining only"
	case part == "temp":
		return "learned temperature, for pretraining only"
	case slices.Contains([]string{"image_queue", "text_queue", "idx_queue", "queue_ptr", "ptr_queue"}, part):
		return "queue of earlier batches, for pretraining only"
	case name == "text_encoder.embeddings.position_ids":
		return "constant 0, 1, 2, …"
	}
	return ""
}

// Write writes weights of a kind as safetensors to path, whole or not at all. Metadata may be nil. Weights that are
// NaN or infinite are refused, and the tensor is named.
func Write(path string, kind Kind, tensors map[string]tensor.Tensor, metadata map[string]string) error {
	if err := checkFinite(tensors); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	all := map[string]string{"format": "pt"} // what Python's loaders look for
	maps.Copy(all, metadata)
	all[kindKey] = string(kind)
	return safetensors.Write(path, tensors, all)
}
