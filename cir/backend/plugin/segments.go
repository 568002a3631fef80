package plugin

import (
	"debug/elf"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"slices"
)

// An extent is a part of a library: size bytes of memory from addr on, of which the file has the first stored at offset.
type extent struct {
	offset, stored uint64
	addr, size     uint64
	flags          elf.ProgFlag
}

func segment(p *elf.Prog) extent { return extent{p.Off, p.Filesz, p.Vaddr, p.Memsz, p.Flags} }

// section is the extent of a section, with the rights that its bytes need.
func section(s *elf.Section) extent {
	e := extent{s.Offset, s.Size, s.Addr, s.Size, elf.PF_R}
	if s.Type == elf.SHT_NOBITS {
		e.stored = 0
	}
	if s.Flags&elf.SHF_WRITE != 0 {
		e.flags |= elf.PF_W
	}
	if s.Flags&elf.SHF_EXECINSTR != 0 {
		e.flags |= elf.PF_X
	}
	return e
}

func (e extent) end() uint64 { return e.addr + e.size }

// holds tells whether a loaded segment puts the bytes of part where part says, and has its rights.
func (e extent) holds(part extent) bool {
	if part.end() < part.addr || part.addr < e.addr || part.end() > e.end() || e.flags&part.flags != part.flags {
		return false
	}
	if part.stored == 0 {
		return part.addr >= e.addr+e.stored
	}
	return part.offset-e.offset == part.addr-e.addr && part.offset+part.stored <= e.offset+e.stored
}

// agree compares what the loader goes by, the segments, with what they were made of, the sections. Linkers write both, so
// damage to one of them shows. A library without sections passes.
func agree(f *elf.File) error {
	loaded, err := loaded(f)
	if err != nil {
		return err
	}
	anywhere := func(part extent) bool {
		return slices.ContainsFunc(loaded, func(e extent) bool { return e.holds(part) })
	}
	for _, p := range f.Progs {
		part := segment(p)
		part.flags = elf.PF_R
		if p.Type == elf.PT_TLS {
			part.size = part.stored // each thread has the rest of its own
		}
		if p.Type != elf.PT_NULL && p.Type != elf.PT_GNU_STACK && part.size > 0 && !anywhere(part) {
			return fmt.Errorf("segment %v lies where nothing is loaded", p.Type)
		}
	}
	for _, s := range f.Sections {
		threads := s.Flags&elf.SHF_TLS != 0 && s.Type == elf.SHT_NOBITS
		if s.Flags&elf.SHF_ALLOC != 0 && s.Size > 0 && !threads && !anywhere(section(s)) {
			return fmt.Errorf("section %s lies where nothing is loaded", s.Name)
		}
	}
	for _, check := range []error{same(f, elf.PT_DYNAMIC, ".dynamic"), same(f, elf.PT_GNU_EH_FRAME, ".eh_frame_hdr"), threads(f), protected(f)} {
		if check != nil {
			return check
		}
	}
	return nil
}

// loaded are the segments that get memory, which have to follow one another.
func loaded(f *elf.File) ([]extent, error) {
	var all []extent
	end := uint64(0)
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		e := segment(p)
		if e.addr < end || e.end() < e.addr || e.size < e.stored {
			return nil, errors.New("its segments overlap")
		}
		if bits.OnesCount64(p.Align) > 1 || p.Align > 1 && (p.Vaddr-p.Off)%p.Align != 0 {
			return nil, errors.New("a segment has an impossible alignment")
		}
		all, end = append(all, e), e.end()
	}
	return all, nil
}

// only is the segment of a type, if there is one.
func only(f *elf.File, kind elf.ProgType) *elf.Prog {
	if i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == kind }); i >= 0 {
		return f.Progs[i]
	}
	return nil
}

// same tells whether a segment is a section.
func same(f *elf.File, kind elf.ProgType, name string) error {
	p, s := only(f, kind), f.Section(name)
	if s == nil {
		return nil
	}
	if p == nil || p.Off != s.Offset || p.Vaddr != s.Addr || p.Filesz != s.Size || p.Memsz != s.Size {
		return fmt.Errorf("section %s is not segment %v", name, kind)
	}
	return nil
}

// threads tells whether the segment that each thread gets a copy of is made of the sections that each thread has.
func threads(f *elf.File) error {
	var first, last extent
	align := uint64(1)
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_TLS == 0 || s.Size == 0 {
			continue
		}
		if last = section(s); first.size == 0 {
			first = last
		}
		align = max(align, s.Addralign)
	}
	p := only(f, elf.PT_TLS)
	if first.size == 0 && (p == nil || p.Memsz == 0 || len(f.Sections) == 0) {
		return nil
	}
	if p == nil || p.Vaddr != first.addr || p.Vaddr+p.Memsz < last.end() || p.Vaddr+p.Memsz > last.end()+align || p.Memsz < p.Filesz || p.Align > align {
		return errors.New("what each thread has is not what its sections say")
	}
	return nil
}

// protected tells whether what is made read-only after loading ends before the data that is written to.
func protected(f *elf.File) error {
	p := only(f, elf.PT_GNU_RELRO)
	if p == nil {
		return nil
	}
	page := uint64(os.Getpagesize())
	end := (p.Vaddr + p.Memsz) / page * page
	for _, name := range []string{".data", ".bss"} {
		if s := f.Section(name); s != nil && s.Size > 0 && s.Addr < end && s.Addr+s.Size > p.Vaddr {
			return fmt.Errorf("section %s would be made read-only", name)
		}
	}
	return nil
}
