// Package report shows what was measured: tables, plots, rows of pictures, one HTML page that holds them all, and the
// two files that CIRR's test server takes.
//
// A [Table] is one value that writes itself for a terminal, as Markdown, JSON or CSV. [Lines] and [Bars] become PNG or
// SVG through [PNG] and [SVG]. A [Gallery] draws queries with what was found. A [Page] is a self-contained HTML file.
// Everything is drawn with fonts that are part of the program, so a report is the same on every machine.
package report
