package tokenize

// A Batch is texts as the text encoder takes them: B rows of N ids, padded on the right with id 0. Mask is 1 for
// everything but that padding: a literal [PAD] in a text has id 0 and mask 1.
type Batch struct {
	IDs, Mask    []int32 // [B, N], row-major
	Rows, Length int     // B, N
}

// Batch encodes texts, each to at most maxLength ids, and pads them to the longest of them. No text gives no row.
func (t *Tokenizer) Batch(texts []string, maxLength int) Batch {
	s := scanner{t: t, plain: true}
	ends := make([]int, len(texts))
	longest := 0
	for i, text := range texts {
		start := len(s.ids)
		s.encode(text, maxLength)
		ends[i] = len(s.ids)
		longest = max(longest, ends[i]-start)
	}
	b := newBatch(len(texts), longest)
	start := 0
	for i, end := range ends {
		b.set(i, s.ids[start:end])
		start = end
	}
	return b
}

// Bucket pads b on to the shortest of lengths that holds it, so that a compiled program sees few shapes; nil stands
// for 16, 24, 32, 40, 48 and 77. A batch longer than all of them stays as it is.
func (b Batch) Bucket(lengths []int) Batch {
	if lengths == nil {
		lengths = []int{16, 24, 32, 40, 48, MaxLength}
	}
	bucket := 0
	for _, n := range lengths {
		if n >= b.Length && (bucket == 0 || n < bucket) {
			bucket = n
		}
	}
	if bucket <= b.Length {
		return b
	}
	padded := newBatch(b.Rows, bucket)
	for i := range b.Rows {
		from, to := i*b.Length, i*bucket
		copy(padded.IDs[to:], b.IDs[from:from+b.Length])
		copy(padded.Mask[to:], b.Mask[from:from+b.Length])
	}
	return padded
}

func newBatch(rows, length int) Batch {
	return Batch{IDs: make([]int32, rows*length), Mask: make([]int32, rows*length), Rows: rows, Length: length}
}

func (b Batch) set(row int, ids []int32) {
	start := row * b.Length
	copy(b.IDs[start:], ids)
	for i := range ids {
		b.Mask[start+i] = 1
	}
}
