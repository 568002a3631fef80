package verify

import (
	"hash/fnv"
	"strings"
)

// byRule makes n values from a name: a hash of name and index, stretched to the range that the name's ending asks for.
func byRule(name string, n int) []float32 {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	h := hash.Sum64()
	offset, scale := ruleRange(name)
	values := make([]float32, n)
	for i := range values {
		z := h + (uint64(i)+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		u := (float64(z>>40) - (1 << 23)) / (1 << 23)
		values[i] = float32(offset + scale*u)
	}
	return values
}

// ruleRange is the first rule that matches the end of the name. The Combiner and the input pictures have their own.
func ruleRange(name string) (offset, scale float64) {
	switch {
	case strings.HasPrefix(name, "combiner."):
		return 0, 0.02
	case name == "input.images":
		return 0, 2
	}
	for _, rule := range []struct {
		endings       []string
		offset, scale float64
	}{
		{[]string{"norm1.weight", "norm2.weight", "norm.weight", "LayerNorm.weight"}, 1, 0.1},
		{[]string{"norm1.bias", "norm2.bias", "norm.bias", "LayerNorm.bias"}, 0, 0.1},
		{[]string{"word_embeddings.weight", "position_embeddings.weight", "pos_embed", "cls_token"}, 0, 0.05},
		{[]string{".bias"}, 0, 0.02},
	} {
		for _, ending := range rule.endings {
			if strings.HasSuffix(name, ending) {
				return rule.offset, rule.scale
			}
		}
	}
	return 0, 0.06
}
