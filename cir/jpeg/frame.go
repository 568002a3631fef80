package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// natural is where the coefficients of a block lie, row by row, in the order of the file: along diagonals, from low to high
// frequencies.
var natural = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

// A block holds the coefficients of 8×8 samples.
type block [64]int16

// isFlat reports whether all coefficients but the first are zero, as in most blocks that a scan has nothing for.
func (b *block) isFlat() bool {
	others := *b
	others[0] = 0
	return others == block{}
}

// readFrame reads the header of the frame and lays out its planes.
func (d *decoder) readFrame(segment []byte) error {
	if d.frame != nil {
		return errors.New("two frames")
	}
	if len(segment) < 6 {
		return errors.New("the frame's header is cut off")
	}
	if segment[0] != 8 {
		return fmt.Errorf("%d bits a sample can't be read: save the picture with 8", segment[0])
	}
	d.Height, d.Width = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
	d.Components = int(segment[5])
	if d.Components != 1 && d.Components != 3 && d.Components != 4 {
		return fmt.Errorf("%d components: there can be 1, 3 or 4", d.Components)
	}
	if d.Width == 0 || d.Height == 0 {
		return fmt.Errorf("%d×%d is no size of a picture", d.Width, d.Height)
	}
	segment = segment[6:]
	if len(segment) != 3*d.Components {
		return fmt.Errorf("the frame's header has %d bytes for %d components", len(segment), d.Components)
	}
	for i := range d.Components {
		c, err := d.readComponent(segment[3*i:])
		if err != nil {
			return err
		}
		d.frame = append(d.frame, c)
	}
	return d.layOut()
}

func (d *decoder) readComponent(segment []byte) (component, error) {
	c := component{id: segment[0], h: int(segment[1] >> 4), v: int(segment[1] & 15), quantTable: segment[2]}
	for _, other := range d.frame {
		if other.id == c.id {
			return c, fmt.Errorf("two components with the number %d", c.id)
		}
	}
	if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
		return c, fmt.Errorf("sampling factors %d×%d: they can be 1 to 4", c.h, c.v)
	}
	if c.quantTable > 3 {
		return c, fmt.Errorf("quantization table %d: there are 0 to 3", c.quantTable)
	}
	if d.Components == 1 {
		c.h, c.v = 1, 1 // alone, a component is not interleaved, whatever its factors say
	}
	return c, nil
}

// layOut finds the sizes of the planes.
func (d *decoder) layOut() error {
	h, v := 1, 1
	for _, c := range d.frame {
		h, v = max(h, c.h), max(v, c.v)
	}
	d.mcuWide, d.mcuHigh = ceilDiv(d.Width, 8*h), ceilDiv(d.Height, 8*v)
	for i := range d.frame {
		c := &d.frame[i]
		if h%c.h != 0 || v%c.v != 0 {
			return fmt.Errorf("factors %d×%d where %d×%d is the most: save the picture with another subsampling", c.h, c.v, h, v)
		}
		c.Plane = &Plane{
			Width: ceilDiv(d.Width*c.h, h), Height: ceilDiv(d.Height*c.v, v),
			Across: h / c.h, Down: v / c.v,
			stride: d.mcuWide * c.h,
		}
		d.Planes = append(d.Planes, c.Plane)
	}
	return nil
}

// allocate takes the memory of the coefficients, when there is a scan that says something of them.
func (d *decoder) allocate() {
	d.budget = freeBlocks
	for _, c := range d.frame {
		c.blocks = make([]block, c.stride*d.mcuHigh*c.v)
		d.budget += maxPasses * len(c.blocks)
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
