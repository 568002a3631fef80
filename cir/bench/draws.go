package bench

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gocir/checkpoints/tensor"
	"gocir/cir/retrieve"
	"gocir/cir/tokenize"
)

// draws makes inputs at random.
type draws struct{ *rand.Rand }

func (d draws) normal(dims ...int) tensor.Tensor {
	values := make([]float32, tensor.Tensor{Shape: dims}.Len())
	for i := range values {
		values[i] = float32(d.NormFloat64())
	}
	return tensor.FromFloat32s(values, dims...)
}

// unit is rows of norm 1.
func (d draws) unit(rows, width int) tensor.Tensor {
	values := make([]float32, rows*width)
	for row := range slices.Chunk(values, width) {
		for i := range row {
			row[i] = float32(d.NormFloat64())
		}
		retrieve.Normalize(row)
	}
	return tensor.FromFloat32s(values, rows, width)
}

// lengths are the tokens of FashionIQ's 18,000 training texts of both captions with their marks, at every twentieth of
// their order: the shortest, …, the longest.
var lengths = [...]int{11, 15, 17, 18, 19, 20, 20, 21, 21, 22, 23, 23, 24, 25, 25, 26, 27, 28, 29, 31, 40}

// captions are texts of FashionIQ's lengths. A share single of them has one caption instead of two, as in training.
func (d draws) captions(n int, single float64) []string {
	words := strings.Fields("red blue black white long short dress shirt sleeves more less color pattern darker lighter")
	texts := make([]string, n)
	for i := range texts {
		place := d.Float64() * float64(len(lengths)-1)
		low := int(place)
		length := lengths[low] + int((place-float64(low))*float64(lengths[low+1]-lengths[low]))
		if d.Float64() < single {
			length = 2 + (length-2)/2
		}
		text := make([]string, length-2) // [CLS] and [SEP]
		for j := range text {
			text[j] = words[d.IntN(len(words))]
		}
		texts[i] = strings.Join(text, " ")
	}
	return texts
}

// tokens are the texts as ids and mask, padded to the longest of all. Texts are kept too, as bytes.
func tokens(prefix string, texts []string) map[string]tensor.Tensor {
	batch := tokenize.Default().Batch(texts, tokenize.MaxLength)
	all := []byte(strings.Join(texts, "\n"))
	return map[string]tensor.Tensor{
		prefix + "ids":  tensor.FromInt64s(wide(batch.IDs), batch.Rows, batch.Length),
		prefix + "mask": tensor.FromInt64s(wide(batch.Mask), batch.Rows, batch.Length),
		prefix + "text": {DType: tensor.U8, Shape: []int{len(all)}, Data: all},
	}
}

func wide(ids []int32) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

// evaluation is queries of a split like CIRR's val: a reference, a target and six members of a subset each, as places in
// the gallery. Targets lie near their queries, so that recalls are neither 0 nor 100.
func (d draws) evaluation(s Size) map[string]tensor.Tensor {
	index := d.unit(s.Gallery, s.EmbedDim)
	gallery, _ := index.Float32s()
	queries := make([]float32, 0, s.Queries*s.EmbedDim)
	var references, targets, members []int64
	for range s.Queries {
		some := d.Perm(s.Gallery)[:6]
		references, targets = append(references, int64(some[0])), append(targets, int64(some[1]))
		for _, member := range some {
			members = append(members, int64(member))
		}
		for _, v := range gallery[some[1]*s.EmbedDim:][:s.EmbedDim] {
			queries = append(queries, v+float32(d.NormFloat64()*0.3))
		}
	}
	for query := range slices.Chunk(queries, s.EmbedDim) {
		retrieve.Normalize(query)
	}
	return map[string]tensor.Tensor{
		"index": index, "composed": tensor.FromFloat32s(queries, s.Queries, s.EmbedDim),
		"references": tensor.FromInt64s(references, s.Queries), "targets": tensor.FromInt64s(targets, s.Queries),
		"members": tensor.FromInt64s(members, s.Queries, 6),
	}
}

// photograph is a JPEG with soft shapes and grain, which packs to about the size of a photograph.
func (d draws) photograph(width, height int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	var waves [9][3]float64
	for i := range waves {
		waves[i] = [3]float64{d.Float64() * 0.06, d.Float64() * 0.06, d.Float64() * 6}
	}
	for y := range height {
		for x := range width {
			var c [3]uint8
			for i := range c {
				v := 128 + 12*d.NormFloat64()
				for _, w := range waves[3*i : 3*i+3] {
					v += 35 * math.Sin(w[0]*float64(x)+w[1]*float64(y)+w[2])
				}
				c[i] = uint8(max(0, min(255, v)))
			}
			m.SetRGBA(x, y, color.RGBA{c[0], c[1], c[2], 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}
