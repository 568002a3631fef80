package verify

import (
	"fmt"
	"math"
	"slices"

	"gocir/cir/preprocess"
)

// A pictureCase is a picture and what becomes of it.
type pictureCase struct {
	File      string          `json:"file"`
	Key       string          `json:"key"`
	Mode      preprocess.Mode `json:"mode"`
	Width     int             `json:"width"`
	Height    int             `json:"height"`
	Normative bool            `json:"normative"`
	Results   []pictureResult `json:"results"`
}

type pictureResult struct {
	Transform string `json:"transform"`
	Size      int    `json:"dim"`
	Padded    [2]int `json:"padded_size"`
	Resized   [2]int `json:"resized_size"`
	Crop      [2]int `json:"crop_left_top"`
}

// pictures are the cases and their golden tensors.
type pictures struct {
	Ratio   float64       `json:"target_ratio"`
	Cases   []pictureCase `json:"cases"`
	decoded golden
	results map[int]golden // by image size
}

// checkImages decodes each picture and takes every step from the golden decoded pixels. Where the golden set says that a
// picture's treatment depends on the decoder's version, only sizes and the mode are compared.
func checkImages(s *Set, r *recorder) error {
	p := pictures{results: map[int]golden{}}
	err := s.json("images/cases.json", &p)
	if err != nil {
		return err
	}
	if p.decoded, err = s.tensors("images/decoded.safetensors"); err != nil {
		return err
	}
	for _, c := range p.Cases {
		if err := p.checkDecoding(s, r, c); err != nil {
			return err
		}
		for _, result := range c.Results {
			if err := p.checkResult(s, r, c, result); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDecoding compares the file's pixels.
func (p *pictures) checkDecoding(s *Set, r *recorder, c pictureCase) error {
	data, err := s.read(c.File)
	if err != nil {
		return err
	}
	want, err := p.picture(c)
	if err != nil {
		return err
	}
	got, err := preprocess.Decode(data)
	if err != nil {
		r.exact(c.File, false, err.Error())
		return nil
	}
	r.exact(c.File+" mode and size", got.Mode == c.Mode && got.Width == c.Width && got.Height == c.Height,
		fmt.Sprintf("got %s %d×%d, want %s %d×%d", got.Mode, got.Width, got.Height, c.Mode, c.Width, c.Height))
	if !c.Normative {
		return nil
	}
	r.within(c.File, byteDifference(got.Pix, want.Pix), 0)
	r.exact(c.File+" palette", slices.Equal(got.Palette, want.Palette), fmt.Sprintf("got %v, want %v", got.Palette, want.Palette))
	return nil
}

// picture is a golden decoded picture.
func (p *pictures) picture(c pictureCase) (*preprocess.Picture, error) {
	t, ok := p.decoded.all[c.Key+".decoded"]
	if !ok {
		return nil, fmt.Errorf("golden file %s has no tensor %s.decoded", p.decoded.file, c.Key)
	}
	out := &preprocess.Picture{Mode: c.Mode, Width: c.Width, Height: c.Height, Pix: t.Data}
	if c.Mode == preprocess.Gray16 {
		values, err := t.Int64s()
		if err != nil {
			return nil, err
		}
		out.Pix = nil
		for _, v := range values {
			out.Pix = append(out.Pix, byte(v), byte(v>>8))
		}
	}
	colours := p.decoded.all[c.Key+".palette"].Data
	for ; len(colours) >= 3; colours = colours[3:] {
		out.Palette = append(out.Palette, [3]uint8(colours))
	}
	return out, nil
}

// checkResult compares the layout, the bytes and, where the golden set has them, the numbers.
func (p *pictures) checkResult(s *Set, r *recorder, c pictureCase, want pictureResult) error {
	name := fmt.Sprintf("%s %s %d", c.Key, want.Transform, want.Size)
	recipe := preprocess.Recipe{Transform: want.Transform, TargetRatio: p.Ratio, Size: want.Size}
	l := recipe.Layout(c.Width, c.Height)
	r.exact(name+" layout", l.Padded == want.Padded && l.Resized == want.Resized && l.Crop == want.Crop,
		fmt.Sprintf("got padded %v, resized %v, crop %v; want %v, %v, %v", l.Padded, l.Resized, l.Crop, want.Padded, want.Resized, want.Crop))
	if !c.Normative {
		return nil
	}
	g, err := p.expected(s, want.Size)
	if err != nil {
		return err
	}
	from, err := p.picture(c)
	if err != nil {
		return err
	}
	rgb, err := recipe.Apply(from)
	if err != nil {
		r.exact(name, false, err.Error())
		return nil
	}
	key := c.Key + "." + want.Transform
	bytes, ok := g.all[key+".u8"]
	if !ok {
		return fmt.Errorf("golden file %s has no tensor %s.u8", g.file, key)
	}
	r.within(name+" bytes", byteDifference(rgb, bytes.Data), 0)
	return checkNumbers(r, g, name, key+".f32", rgb)
}

// checkNumbers compares normalised numbers, bit for bit.
func checkNumbers(r *recorder, g golden, name, key string, rgb []uint8) error {
	if _, ok := g.all[key]; !ok {
		return nil
	}
	want, err := g.floats(key)
	if err != nil {
		return err
	}
	got := make([]float32, len(rgb))
	preprocess.Normalize(got, rgb)
	r.within(name+" numbers", largestDifference(got, want), 0)
	return nil
}

// expected reads the golden results of an image size once.
func (p *pictures) expected(s *Set, size int) (golden, error) {
	if g, ok := p.results[size]; ok {
		return g, nil
	}
	g, err := s.tensors(fmt.Sprintf("images/expected_%d.safetensors", size))
	p.results[size] = g
	return g, err
}

// byteDifference is the largest difference, NaN where the lengths differ.
func byteDifference(got, want []uint8) (worst float64) {
	if len(got) != len(want) {
		return math.NaN()
	}
	for i := range got {
		worst = max(worst, math.Abs(float64(got[i])-float64(want[i])))
	}
	return worst
}
