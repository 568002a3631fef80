package torch

import (
	"errors"
	"fmt"
	"math/big"
)

// readLegacy reads the legacy container: pickles of a magic number, of the protocol version, of facts about the machine
// that wrote it, of the object, and of the storages' keys; then each storage's element count and elements.
func readLegacy(data []byte, b *budget) (Value, error) {
	head := newMachine(data, b)
	if err := checkPreamble(head); err != nil {
		return nil, err
	}
	return load(head.rest, b, fetchLegacy)
}

var legacyMagic, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

// checkPreamble reads the three pickles before the object.
func checkPreamble(m *machine) error {
	magic, err := m.next()
	if n, ok := magic.(*big.Int); err != nil || !ok || n.Cmp(legacyMagic) != 0 {
		return errors.Join(errors.New("a pickle that torch.save did not write (its magic number is missing)"), err)
	}
	version, err := m.next()
	if err != nil || version != int64(1001) {
		return errors.Join(errors.New("a legacy container of an unknown version"), err)
	}
	facts, err := m.next()
	d, ok := facts.(*Dict)
	if err != nil || !ok {
		return errors.Join(errors.New("damaged legacy container"), err)
	}
	if little, _ := d.Get("little_endian"); little != true {
		return errors.New("written on a big-endian machine; only little-endian checkpoints are read")
	}
	return nil
}

// next runs the pickle that follows the last one. Each has a memo of its own.
func (m *machine) next() (Value, error) {
	m.done = false
	clear(m.memo)
	return m.run()
}

// fetchLegacy takes the storages from what follows the object's pickle.
func fetchLegacy(m *machine) error {
	keys, err := m.next()
	if err != nil {
		return fmt.Errorf("list of storages: %w", err)
	}
	list, ok := keys.(*List)
	if !ok || len(list.Items) != len(m.keys) {
		return fmt.Errorf("list of storages does not name the %d that the tensors need: truncated or damaged", len(m.keys))
	}
	for _, item := range list.Items {
		key, _ := item.(string)
		s := m.storages[key]
		if s == nil || s.data != nil {
			return fmt.Errorf("list of storages has %.80q, which no tensor needs, or has it twice", key)
		}
		if numel := m.count(8); m.err == nil && numel != uint64(s.numel) {
			return fmt.Errorf("storage %q has %d elements, the tensors expect %d", key, numel, s.numel)
		}
		s.data = m.bytes(uint64(s.size()))
		if m.err != nil {
			return fmt.Errorf("storage %q: %w", key, m.err)
		}
	}
	if len(m.rest) > 0 {
		return fmt.Errorf("%d bytes follow the last storage: damaged", len(m.rest))
	}
	return nil
}
