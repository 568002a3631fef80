// Package models names what the others take as values: presets (sizes of architectures), recipes (one per row of the
// results table, ablations as differences), the released checkpoints and the published results. It also loads a model
// from checkpoints.
//
// Files of weights belong in models/weights, which git ignores.
package models
