package report

import (
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// overlayOpacity leaves the picture's shapes and the map's colours to be seen.
const overlayOpacity = 0.55

// Overlay is a picture under a translucent heat map, at least 150 pixels wide. weights are the rows of a grid from the
// top, stretched smoothly over the whole picture; their least has the darkest colour and their greatest the brightest.
// Where a weight is missing or not finite, the picture is left bare. Without a picture there is none.
func Overlay(picture image.Image, weights [][]float64) image.Image {
	if picture == nil || picture.Bounds().Empty() {
		return nil
	}
	width, height := picture.Bounds().Dx(), picture.Bounds().Dy()
	if width < tileSize {
		width, height = tileSize, max(1, height*tileSize/width)
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), resized(picture, width, height), image.Point{}, draw.Over)
	of, ok := spanOf(weights)
	if !ok {
		return out
	}
	weights = filled(weights)
	heat := image.NewRGBA(out.Bounds())
	for y := range height {
		for x := range width {
			if w := interpolated(weights, (float64(x)+0.5)/float64(width), (float64(y)+0.5)/float64(height)); isFinite(w) {
				heat.SetRGBA(x, y, heatColour(of.share(w)))
			}
		}
	}
	opacity := image.NewUniform(color.Alpha{A: uint8(math.Round(255 * overlayOpacity))})
	draw.DrawMask(out, out.Bounds(), heat, image.Point{}, opacity, image.Point{}, draw.Over)
	return out
}

// filled are rows of equal length, NaN where a weight is missing.
func filled(weights [][]float64) [][]float64 {
	columns := 0
	for _, row := range weights {
		columns = max(columns, len(row))
	}
	out := make([][]float64, len(weights))
	for i, row := range weights {
		out[i] = append(slices.Clone(row), slices.Repeat([]float64{math.NaN()}, columns-len(row))...)
	}
	return out
}

// interpolated is the weight at a place from 0 to 1 to the right and down: linear between the middles of cells, constant
// beyond the outermost.
func interpolated(weights [][]float64, x, y float64) float64 {
	left, right, across := neighbours(x, len(weights[0]))
	top, bottom, down := neighbours(y, len(weights))
	row := func(i int) float64 { return between(weights[i][left], weights[i][right], across) }
	return between(row(top), row(bottom), down)
}

// neighbours are the two of n cells whose middles are nearest to a place from 0 to 1, and the part of the second.
func neighbours(place float64, n int) (first, second int, part float64) {
	at := min(max(place*float64(n)-0.5, 0), float64(n-1))
	first = int(at)
	return first, min(first+1, n-1), at - float64(first)
}
