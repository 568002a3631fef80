package preprocess

// The mean and standard deviation of the red, green and blue levels, of 0 to 1, that CLIP was trained with.
var (
	mean = [3]float32{0.48145466, 0.4578275, 0.40821073}
	std  = [3]float32{0.26862954, 0.26130258, 0.27577711}
)

// normalized is what each level of each channel becomes. Both divisions are true ones in float32, as in torchvision.
var normalized = func() (out [3][256]float32) {
	for c := range out {
		for level := range out[c] {
			out[c][level] = (float32(level)/255 - mean[c]) / std[c]
		}
	}
	return out
}()

// Normalize turns RGB bytes, [Size, Size, 3], into CLIP's numbers, [3, Size, Size]: (level/255 - mean) / std. It works on
// as many pixels as both have room for.
func Normalize(dst []float32, rgb []uint8) {
	n := min(len(dst), len(rgb)) / 3
	red, green, blue := dst[:n], dst[n:2*n], dst[2*n:3*n]
	for i := range n {
		p := rgb[3*i : 3*i+3 : 3*i+3]
		red[i], green[i], blue[i] = normalized[0][p[0]], normalized[1][p[1]], normalized[2][p[2]]
	}
}
