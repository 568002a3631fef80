// Package report shows what was measured: tables, plots, rows of pictures, one HTML page that holds them all, and the
// two files that CIRR's test server takes.
//
// A [Table] is one value that writes itself for a terminal, as Markdown, JSON or CSV. [Lines], [Points], [Bars], a
// [Histogram] and a [Heat] map become PNG or SVG through [PNG] and [SVG]. [PictureRows] draws queries with what was
// found, [Pictures] any pictures side by side, and [Overlay] lays a heat map over one. A [Page] is a self-contained HTML
// file.
// Everything is drawn with fonts that are part of the program, so a report is the same on every machine.
package report
