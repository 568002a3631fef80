package checkpoints

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gocir/checkpoints/tensor"
)

// A MismatchError lists every tensor that a checkpoint and a model do not share. Nothing is loaded where there is one.
type MismatchError struct {
	Missing    []string // the model has it, the checkpoint has not
	Unexpected []string // the checkpoint has it, the model has not
	Shapes     []string // both have it, with other shapes or types; "name: checkpoint …, model …"
}

// maxNames is how many names Error lists of each group.
const maxNames = 20

// Error names the first 20 tensors of each group; the fields have all of them.
func (e *MismatchError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "checkpoint and model do not fit, nothing was loaded: %d tensors missing, %d unexpected, %d of another shape or type",
		len(e.Missing), len(e.Unexpected), len(e.Shapes))
	list(&b, "missing in the checkpoint", e.Missing)
	list(&b, "unexpected in the checkpoint", e.Unexpected)
	list(&b, "of another shape or type", e.Shapes)
	b.WriteString("\nIs it the file for this model and this size? \"cir inspect FILE\" lists what a checkpoint holds.")
	return b.String()
}

func list(b *strings.Builder, title string, names []string) {
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(b, "\n  %s:", title)
	for _, name := range names[:min(len(names), maxNames)] {
		fmt.Fprintf(b, "\n    %s", name)
	}
	if more := len(names) - maxNames; more > 0 {
		fmt.Fprintf(b, "\n    … and %d more", more)
	}
}

// Match compares a checkpoint's weights with those a model wants: each must be there, under its name, with its shape,
// of a floating-point type, and no other may be. The error is then a *MismatchError. Where all fit, every value must be
// finite; else the error names the tensor.
func Match(have map[string]tensor.Tensor, want []tensor.Spec) error {
	var e MismatchError
	wanted := map[string]bool{}
	for _, spec := range want {
		wanted[spec.Name] = true
		t, ok := have[spec.Name]
		switch {
		case !ok:
			e.Missing = append(e.Missing, spec.Name)
		case !slices.Equal(t.Shape, spec.Shape):
			e.Shapes = append(e.Shapes, fmt.Sprintf("%s: checkpoint %v, model %v", spec.Name, t.Shape, spec.Shape))
		case !t.DType.Float():
			e.Shapes = append(e.Shapes, fmt.Sprintf("%s: checkpoint %s, model floating-point", spec.Name, t.DType))
		}
	}
	for name := range have {
		if !wanted[name] {
			e.Unexpected = append(e.Unexpected, name)
		}
	}
	if len(e.Missing)+len(e.Unexpected)+len(e.Shapes) > 0 {
		slices.Sort(e.Missing)
		slices.Sort(e.Unexpected)
		slices.Sort(e.Shapes)
		return &e
	}
	return checkFinite(have)
}

// checkFinite reports the tensors that hold NaN or infinity, the first with the place.
func checkFinite(tensors map[string]tensor.Tensor) error {
	first, others := "", 0
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		switch at := tensors[name].NonFinite(); {
		case at < 0:
		case first == "":
			first = fmt.Sprintf("tensor %s holds NaN or infinity (first at element %d)", name, at)
		default:
			others++
		}
	}
	if first == "" {
		return nil
	}
	if others > 0 {
		first += fmt.Sprintf(", as do %d others", others)
	}
	return fmt.Errorf("%s: the training that made these weights diverged; take an earlier checkpoint", first)
}
