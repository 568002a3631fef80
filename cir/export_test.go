package cir

// DropPairs shows tests what drops the units of pairs.
var DropPairs = Combiner.pairDropout
