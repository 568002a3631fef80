package safetensors

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"

	"gocir/checkpoints/tensor"
)

// ChecksumKey is the metadata field that Write adds: the CRC-32C of the whole file as eight hexadecimal digits, computed
// with zeros for these digits. Open checks it where it is there, which it is not in other programs' files. Metadata leaves
// it out.
const ChecksumKey = "gocir.crc32c"

// SealedKey is a second field that Write adds: it says that there is a checksum. Without it a damaged name of the first
// would make a file look like another program's.
const SealedKey = "gocir.sealed"

// ErrDamaged says that a file is not what Write wrote.
var ErrDamaged = errors.New("the file is damaged")

const zeros = "00000000" // stand for the digits

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	sumField   = []byte(`"` + ChecksumKey + `":"`)
)

// withZeros is metadata with both fields, the checksum still to be computed.
func withZeros(metadata map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, metadata)
	out[ChecksumKey], out[SealedKey] = zeros, ChecksumKey
	return out
}

// digitsAt is where the checksum begins in a file whose beginning is head; -1 where it is not as Write writes it.
func digitsAt(head []byte) int {
	at := bytes.Index(head, sumField)
	if at < 0 || len(head)-at-len(sumField) < len(zeros) {
		return -1
	}
	return at + len(sumField)
}

// seal puts the checksum into the header of a file whose tensors follow in the order of names.
func seal(header []byte, names []string, tensors map[string]tensor.Tensor) {
	sum := crc32.Checksum(header, castagnoli)
	for _, name := range names {
		sum = crc32.Update(sum, castagnoli, tensors[name].Data)
	}
	copy(header[digitsAt(header):], fmt.Sprintf("%08x", sum))
}

// verify compares a file, whose body begins at byte begin, with the checksum in its metadata. It reports whether there is
// one.
func verify(data []byte, begin int, metadata map[string]string) (sealed bool, err error) {
	want, summed := metadata[ChecksumKey]
	which, sealed := metadata[SealedKey]
	if !summed && !sealed {
		return false, nil
	}
	if which != ChecksumKey {
		want = "missing"
	}
	got := "none in its place"
	if at := digitsAt(data[:begin]); at >= 0 && string(data[at:at+len(zeros)]) == want {
		sum := crc32.Checksum(data[:at], castagnoli)
		sum = crc32.Update(sum, castagnoli, []byte(zeros))
		got = fmt.Sprintf("%08x", crc32.Update(sum, castagnoli, data[at+len(zeros):]))
	}
	if got == want {
		return true, nil
	}
	return true, fmt.Errorf("%w: its CRC-32C is %s and should be %.20q; copy it again or take another checkpoint "+
		"(if another program wrote it, with our metadata, let that leave out %s and %s)", ErrDamaged, got, want, ChecksumKey, SealedKey)
}
