package preprocess

import "image"

// Image is the picture for the image packages, with its transparency. 16-bit grey keeps its high byte; inks become
// colours as in [Recipe.Apply].
func (p *Picture) Image() (image.Image, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	out := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	n := p.Mode.Bytes()
	for i := range p.Width * p.Height {
		pixel, to := p.Pix[i*n:(i+1)*n], out.Pix[4*i:4*i+4]
		to[3] = 0xff
		switch p.Mode {
		case Paletted:
			if int(pixel[0]) < len(p.Palette) {
				copy(to, p.Palette[pixel[0]][:])
			}
		case Gray16:
			to[0], to[1], to[2] = pixel[1], pixel[1], pixel[1]
		case GrayAlpha:
			to[0], to[1], to[2], to[3] = pixel[0], pixel[0], pixel[0], pixel[1]
		case RGBA:
			copy(to, pixel)
		default:
			toRGB(to, pixel, p.Mode)
		}
	}
	return out, nil
}
