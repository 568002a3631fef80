// Package train trains: one loop for both stages and both data sets, and for the contrastive pretraining of the tiny
// BLIP that the generated data set needs. What differs between them is a task: which weights move, what a batch
// becomes, what the loss is. A Recipe says the rest, and a Run folder keeps what came out.
//
// The optimizers are PyTorch's AdamW and Adam, number for number; the schedule is the original's, oddities included.
package train
