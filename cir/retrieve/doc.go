// Package retrieve searches a gallery by composed queries.
//
// An [Index] is the gallery embedded: a name and an L2-normalised vector per image. A search is exact: the query is
// compared with every image. Scores are dot products, summed in float64 in a fixed order and rounded to float32 at the
// end, so they are the same on every machine, with vector instructions or without, one query or many at a time; equal
// scores are ordered by the place in the gallery.
//
// On amd64, built with GOEXPERIMENT=simd, AVX-512 or AVX2 is used where the processor has it.
package retrieve
