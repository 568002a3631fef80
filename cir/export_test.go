package cir

// DropPairs shows tests what drops the units of pairs.
var DropPairs = Combiner.pairDropout

// Kept is the number of tensors of which there are copies on other devices.
func (d *Devices) Kept() int { return len(d.copies) }
