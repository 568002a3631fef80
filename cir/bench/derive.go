package bench

import (
	"fmt"

	"gocir/models"
)

// derive adds what follows from several rows: the image encoder's share of the machine's rate, and whole trainings.
func (o Options) derive(results []Result) []Result {
	rate := 0.0
	if gemm := find(results, "gemm"); gemm != nil {
		for _, m := range gemm.Ways {
			if t := m.Median(); t > 0 {
				rate = max(rate, gemm.Amount*1e9/t)
			}
		}
	}
	if images := find(results, "images"); images != nil && rate > 0 {
		if own := images.Way(ours.name); own != nil {
			share := o.Size.imageFLOP() / own.Median() / rate
			images.Goals = append(images.Goals, Met{Against: "the matrix product's rate", Least: 0.8, Ratio: share})
		}
	}
	o.largeTextStep(results)
	if whole, ok := o.wholeStage2(results); ok {
		results = append(results, whole)
	}
	return results
}

// largeTextStep adds the original's way to stage I's larger step: PyTorch's step on cached embeddings, and the time that its
// image encoder takes for the batch's pictures.
func (o Options) largeTextStep(results []Result) {
	step, images := find(results, fmt.Sprintf("text-step:%d", o.Size.TextSteps[1])), find(results, "images")
	if step == nil || images == nil || step.Way(ours.name) == nil || step.Way(torch.name) == nil {
		return
	}
	encode := 2 * float64(o.Size.TextSteps[1]) / float64(o.Size.Pictures) * images.fastest(torch, compiled)
	whole := Measured{Way: original.name, Seconds: []float64{step.Way(torch.name).Median() + encode}}
	step.Ways = append(step.Ways, whole)
	step.Goals = append(step.Goals, Met{Against: original.name, Least: 8, Ratio: whole.Median() / step.Way(ours.name).Median()})
	step.Note = fmt.Sprintf("the original's way is PyTorch's step and %.0f s for its pictures, at the image encoder's measured speed", encode)
}

// wholeStage2 extrapolates stage II of the paper on FashionIQ: 18,000 triplets, 300 epochs, batches of 512 (Combiners[2]).
// The original encodes pictures and texts of each batch in each step, and its step's time grows with the square of the
// batch, from the largest that was measured.
func (o Options) wholeStage2(results []Result) (Result, bool) {
	images, texts := find(results, "images"), find(results, "texts")
	measured := find(results, fmt.Sprintf("combiner-step:%d", o.Size.Combiners[1]))
	large := find(results, fmt.Sprintf("combiner-step:%d", o.Size.Combiners[2]))
	if images == nil || texts == nil || measured == nil || large == nil {
		return Result{}, false
	}
	image, text, step, own := images.fastest(torch, compiled), texts.fastest(torch, compiled), measured.fastest(torch, compiled), large.Way(ours.name)
	if image == 0 || text == 0 || step == 0 || own == nil {
		return Result{}, false
	}
	const triplets = 18_000
	batch := float64(o.Size.Combiners[2])
	steps := float64(triplets / o.Size.Combiners[2] * models.CombinerFashionIQ.Epochs)
	times := batch / float64(o.Size.Combiners[1])
	encode := 2 * batch * (image/float64(o.Size.Pictures) + text/float64(o.Size.Captions))
	pairs := step * times * times
	theirs, ourTime := steps*(encode+pairs), steps*own.Median()
	return Result{
		What: fmt.Sprintf("whole stage II, %d epochs of %d triplets, batch %d (extrapolated)", models.CombinerFashionIQ.Epochs, triplets, o.Size.Combiners[2]),
		Work: "stage-2", Unit: "h", Amount: -3600,
		Ways:  []Measured{{Way: ours.name, Seconds: []float64{ourTime}}, {Way: original.name, Seconds: []float64{theirs}}},
		Goals: []Met{{Against: original.name, Least: 50, Ratio: theirs / ourTime}},
		Note: fmt.Sprintf("%.0f steps. gocir, on cached embeddings: %.1f s a step. The original's way: %.0f s for the batch's pictures and texts, %.0f s for its pairs (the step at batch %d, times %.0f)",
			steps, own.Median(), encode, pairs, o.Size.Combiners[1], times*times),
	}, true
}

// fastest is the shortest time of these ways, 0 where none was measured.
func (r Result) fastest(ways ...way) (least float64) {
	for _, w := range ways {
		if m := r.Way(w.name); m != nil && (least == 0 || m.Median() < least) {
			least = m.Median()
		}
	}
	return least
}

func find(results []Result, work string) *Result {
	for i := range results {
		if results[i].Work == work {
			return &results[i]
		}
	}
	return nil
}
