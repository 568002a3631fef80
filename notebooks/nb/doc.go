// Package nb is what the notebooks' cells need beside the project's other packages: the workbench that all notebooks
// share, plots, tables and pictures as outputs of a cell, progress bars, and checks of the numbers that a notebook
// states. Outside a GoNB kernel nothing is displayed.
//
// A cell has nobody to hand an error to. So functions of this package end the cell at an error, with one sentence on
// what was wrong, and importing it makes must.M and its kin (github.com/janpfeifer/must) do the same.
package nb
