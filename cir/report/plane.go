package report

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Plane shows vectors on paper: their places along the two directions in which they vary most (the first two principal
// components), and the share of their variance that lies in these, 0 to 1. vectors are rows of width numbers.
func Plane(vectors []float32, width int) (x, y []float64, share float64, err error) {
	if width < 2 || len(vectors) < 2*width || len(vectors)%width != 0 {
		return nil, nil, 0, fmt.Errorf("%d numbers are not at least 2 vectors of at least 2 numbers (width %d)", len(vectors), width)
	}
	rows := mat.NewDense(len(vectors)/width, width, Numbers(vectors))
	var components stat.PC
	var variances []float64
	if components.PrincipalComponents(rows, nil) {
		variances = components.VarsTo(nil)
	}
	total := floats.Sum(variances)
	if !isFinite(total) || total <= 0 {
		return nil, nil, 0, fmt.Errorf("%d vectors that are all equal, or not finite, have no plane", len(vectors)/width)
	}
	var directions, places mat.Dense
	components.VectorsTo(&directions)
	places.Mul(rows, directions.Slice(0, width, 0, 2))
	return upright(mat.Col(nil, 0, &places)), upright(mat.Col(nil, 1, &places)), (variances[0] + variances[1]) / total, nil
}

// upright puts the middle of places at 0, and the farthest one above it: a direction has no sign of its own, and
// libraries give either.
func upright(places []float64) []float64 {
	middle, farthest := stat.Mean(places, nil), 0.0
	for i := range places {
		places[i] -= middle
		if math.Abs(places[i]) > math.Abs(farthest) {
			farthest = places[i]
		}
	}
	if farthest < 0 {
		for i := range places {
			places[i] = -places[i]
		}
	}
	return places
}
