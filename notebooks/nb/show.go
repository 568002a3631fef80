package nb

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/must"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"gocir/cir/report"
)

// PNG shows a picture file, as report.Pictures and report.PictureRows make it: nb.PNG(report.Pictures(…)).
func PNG(data []byte, err error) {
	must.M(err)
	gonbui.DisplayPng(smaller(data))
	gonbui.Sync() // displays and prints take different ways: a later print could arrive first
}

// Plot shows panels of package report side by side, two in a row.
func Plot(panels ...report.Panel) { PNG(report.PNG(panels...)) }

// Gonum shows a plot of gonum.org/v1/plot, 5 by 3.5 inches.
func Gonum(p *plot.Plot) {
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(5*vg.Inch, 3.5*vg.Inch), vgimg.UseDPI(144))}
	p.Draw(draw.New(canvas))
	var data bytes.Buffer
	_, err := canvas.WriteTo(&data)
	PNG(data.Bytes(), err)
}

// Table shows a table.
func Table(t report.Table) {
	var text strings.Builder
	must.M(t.WriteMarkdown(&text))
	Markdown(text.String())
}

// Markdown shows formatted text.
func Markdown(text string) {
	gonbui.DisplayMarkdown(text)
	gonbui.Sync()
}

// smaller gives a picture file a palette where its colours fit into one: notebooks carry their pictures in base64, and
// plots have few colours, but for the smoothed edges of letters, which lose the last of their bits.
func smaller(data []byte) []byte {
	picture, err := png.Decode(bytes.NewReader(data))
	must.M(err)
	paletted := image.NewPaletted(picture.Bounds(), nil)
	index := map[color.RGBA]uint8{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			colour := rounded(picture.At(x, y))
			at, ok := index[colour]
			if !ok && len(paletted.Palette) == 256 {
				return data
			}
			if !ok {
				at = uint8(len(paletted.Palette))
				index[colour] = at
				paletted.Palette = append(paletted.Palette, colour)
			}
			paletted.SetColorIndex(x, y, at)
		}
	}
	var out bytes.Buffer
	must.M((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, paletted))
	return out.Bytes()
}

// rounded keeps five bits of each channel, black and white exactly.
func rounded(c color.Color) color.RGBA {
	rgba := color.RGBAModel.Convert(c).(color.RGBA)
	five := func(v uint8) uint8 { return v&^7 | v>>5 }
	return color.RGBA{five(rgba.R), five(rgba.G), five(rgba.B), rgba.A}
}
