package train

import "math"

// Rates are the learning rates of an epoch (from 0), by parameter group: 0 is everything but the text projection,
// 1 is text_proj.
//
// UPSTREAM: the cosine is set once an epoch and not clamped, so after MaxEpoch it rises again; the projection's rate
// never changes.
func (r Recipe) Rates(epoch int) [2]float64 {
	base := r.LearningRate
	if r.MaxEpoch > 0 {
		at := epoch
		if r.ClampCosine {
			at = min(epoch, r.MaxEpoch)
		}
		base = Cosine(r.LearningRate, r.MinLearningRate, at, r.MaxEpoch)
	}
	return [2]float64{base, r.LearningRate * r.projectionRate()}
}

// Cosine is the original's schedule: from initial at epoch 0 to minimum at epoch maxEpoch, and up again after it.
func Cosine(initial, minimum float64, epoch, maxEpoch int) float64 {
	return (initial-minimum)*0.5*(1+math.Cos(math.Pi*float64(epoch)/float64(maxEpoch))) + minimum
}

func (r Recipe) projectionRate() float64 {
	if r.ProjectionRate == 0 {
		return 1
	}
	return r.ProjectionRate
}
