// Package lab runs whole experiments, from files to results: it opens a model with its tokenizer, embeds galleries
// (once: embeddings are cached), evaluates, trains by recipe, writes submissions, and runs the demo. The command line
// and the notebooks are two faces of it.
package lab
