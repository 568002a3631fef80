// Package embed runs frozen encoders over galleries and captions, so that no input is encoded twice.
//
// [Images] reads and decodes pictures on all cores while the encoder is at work, and keeps every embedding on disk,
// addressed by content: digest of the weights, preprocessing recipe, SHA-256 of the encoded picture. A run that was
// interrupted goes on where it stopped, renamed pictures are recognised, and changed weights, recipes or pictures
// never meet an old embedding. [Texts] does the same in memory for captions, which are few.
//
// Encoders come in as functions on slices, so this package knows no tensor library.
//
// # The cache
//
// CacheDir holds one folder per weights, recipe and width, and in it safetensors files that are never changed:
//
//	digests     U8  [n, 32]  SHA-256 of each encoded picture
//	embeddings  F32 [n, E]
//
// Their metadata names weights and recipe and holds a checksum. A file is named after its content and appears whole or
// not at all, so any number of processes may read and add at once. What can't be used in its place, damaged or of another
// cache, is renamed to NAME.unusable and told by [Report.Notes], and its pictures are encoded again. To share a gallery among machines, give each
// machine its [Part] of the names and one CacheDir; a last run over all names then finds everything encoded.
package embed
