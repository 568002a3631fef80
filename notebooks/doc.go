// Package notebooks has the tests of the notebooks in its folder; README.md lists them. What their cells share is in
// package nb.
package notebooks
