// Package wardrobe generates a data set for composed image retrieval: drawn garments in FashionIQ's format and drawn
// scenes in CIRR's, with captions, so that everything that works on the real data sets can be tried without them.
//
// Garments (dress, shirt, toptee) have a colour, a pattern, sleeves, a neckline, a length, a fit and some details.
// Scenes have animals, a thing beside them, a place and a sky, and come in groups of six look-alikes. A gallery is made
// of families: looks that differ in a few slots and take few values in them. So for each query many pictures look like
// the reference, many fit the captions, and one does both.
//
// Captions are made by rules (see rule). A rule says one thing of how the target differs from the reference: that
// something gets a value ("has long sleeves"), or what needs the reference to be understood ("two sizes longer", "is
// not striped", "has the colours of body and sleeves swapped"). A triplet is only kept where its captions, together
// with the reference, fit no other picture of the gallery.
//
// Everything follows from Options: Draw twice with equal options writes equal files. DrawLike draws a picture for each
// name in real annotation files instead.
package wardrobe
