package report

// Numbers are values as plots take them.
func Numbers(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// Matrix is row-major values as a heat map takes them: rows of so many columns, the last one shorter where there are too
// few. It is nil where there are no columns.
func Matrix(values []float32, columns int) [][]float64 {
	if columns < 1 {
		return nil
	}
	var out [][]float64
	for from := 0; from < len(values); from += columns {
		out = append(out, Numbers(values[from:min(from+columns, len(values))]))
	}
	return out
}
