// Package gocir is the root of a module for composed image retrieval: finding the image that a reference image turns
// into when it is changed as a caption says. It has no code of its own. Start at these packages:
//
//	datasets       triplets of reference, captions and target: FashionIQ, CIRR, a drawn data set, any folder
//	cir            image and text encoder, composers and losses as graphs of GoMLX
//	cir/train      both training stages
//	cir/retrieve   search with composed queries
//	cir/eval       recall by the protocols of FashionIQ and CIRR
//	models         architecture sizes, recipes, released weights
//	lab            all of these put together
//	cmd/cir        the command
//
// Its tests hold the rules that all packages keep; CONTRIBUTING.md explains them.
package gocir
