// Package preprocess turns an encoded picture into the numbers that the image encoder is given:
//
//	decode ──> pad ──> resize ──> centre crop ──> RGB ──> normalise
//
// Each step gives what the original gets from the Python libraries Pillow, libjpeg-turbo and torchvision, bit for bit:
// published weights saw those pixels, and a resize that only looks the same moves an embedding by more than a Recall@1
// forgives.
//
// Pad, resize and crop happen in the picture's own [Mode], as the original does them, and only then come the RGB
// bytes. This shows: a palette picture is resized by nearest neighbour, and a CMYK picture is padded with white.
//
// UPSTREAM: the orientation that EXIF data may ask for is ignored, as Pillow ignores it unless told.
//
// Files may come from strangers. What a header promises is checked against limits ([Recipe].MaxPixels, [MaxSide]) and
// against the length of the file before memory is taken; what is then decoded takes about 16 bytes a pixel at most.
//
// Everything here is safe for concurrent use.
package preprocess
