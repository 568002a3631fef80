// Package cir is Bi-BLIP4CIR (Liu et al., WACV 2024, arXiv 2303.16604) as compiled graphs: given a reference image and
// a modification text, it computes the composed query that is near the target image.
//
//	reference image ─> ImageEncoder ─> [B, E] ─┐
//	                                           ├─> Composer: Sum or Combiner ─> composed query [B, E]
//	modification text ─> TextEncoder ─> [B, E] ┘                                      │
//	target image ─> ImageEncoder ─> [B, E] ─────────────────────────────> ForwardLogits [B, B] ─┐
//	the same, with target and reference exchanged and the text marked [BACKWARD] ─> backward [B, B] ─┴─> loss
//
// Shapes are written with the same letters everywhere: B queries in a batch, N patches or tokens, D encoder width,
// H heads, E embedding width, G gallery size, K results asked for.
//
// Weights are named exactly as in the original PyTorch checkpoints ("visual_encoder.blocks.0.attn.qkv.weight") and
// linear weights keep PyTorch's [out, in] layout, so that files go both ways by name, without a table.
//
// A comment that begins with "UPSTREAM:" marks a place where the original is followed against the obvious.
//
// Functions on nodes build graphs and panic where shapes don't fit, as GoMLX's own do. Model is the border: its
// methods take and return plain slices, and errors.
package cir
