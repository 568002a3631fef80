package jpeg

// lowest decodes coefficient 0 of a progressive file, or one more bit of it.
func (s *scan) lowest(b *block, p part) error {
	if s.refining {
		b[0] |= int16(s.stream.take(1) << s.shift)
		return nil
	}
	size, err := s.stream.symbol(p.dc)
	if err != nil {
		return err
	}
	if size > 16 {
		return errCode
	}
	p.last += s.stream.signed(int(size))
	b[0] = int16(p.last << s.shift)
	return nil
}

// band decodes the other coefficients for the first time.
func (s *scan) band(b *block, t *table) error {
	if s.run > 0 {
		s.run--
		return nil
	}
	for k := s.first; k < s.end; k++ {
		symbol, err := s.stream.symbol(t)
		if err != nil {
			return err
		}
		zeros, size := int(symbol>>4), int(symbol&15)
		if size == 0 && zeros < 15 {
			s.run = s.blocks(zeros) - 1
			return nil
		}
		k += zeros
		if v := s.stream.signed(size); size > 0 && k < s.end {
			b[natural[k]] = int16(v << s.shift)
		}
	}
	return nil
}

// blocks is the length of a run of blocks, of that order of magnitude.
func (s *scan) blocks(size int) int32 { return 1<<size + s.stream.take(size) }

// refine adds a bit to each coefficient that is not zero yet, and sets those that become so now: 1 or -1 of the bit.
func (s *scan) refine(b *block, t *table) error {
	k := s.first
	for ; k < s.end && s.run == 0; k++ {
		symbol, err := s.stream.symbol(t)
		if err != nil {
			return err
		}
		zeros, size := int(symbol>>4), int(symbol&15)
		if size > 1 {
			return errCode
		}
		if size == 0 && zeros < 15 {
			s.run = s.blocks(zeros)
			break
		}
		v := int16(0)
		if size == 1 {
			v = int16(2*s.stream.take(1)-1) << s.shift
		}
		if k = s.pass(b, k, zeros); v != 0 && k < s.end {
			b[natural[k]] = v
		}
	}
	if s.run > 0 {
		s.run--
		if !b.isFlat() {
			s.pass(b, k, 64)
		}
	}
	return nil
}

// pass goes over that many zeros up to the next one, and gives a bit to each other coefficient on the way.
func (s *scan) pass(b *block, k, zeros int) int {
	for ; k < s.end; k++ {
		v := &b[natural[k]]
		if *v == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if s.stream.take(1) == 0 {
			continue
		}
		if *v > 0 {
			*v += 1 << s.shift
		} else {
			*v -= 1 << s.shift
		}
	}
	return k
}
