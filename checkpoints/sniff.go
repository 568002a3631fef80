package checkpoints

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

type format int

const (
	formatSafetensors format = iota
	formatTorch
)

// sniff tells a checkpoint's format by its first bytes, or says what else the file is.
func sniff(path string) (format, error) {
	m, err := tensor.Map(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%w (the README says where the published files are)", err)
	}
	if err != nil {
		return 0, err
	}
	defer m.Close()
	head := m.Bytes()
	head = head[:min(len(head), 512)]
	switch {
	case len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) < 1<<32: // a header's length, not text
		return formatSafetensors, nil // looked for first: a length such as 640 begins with the bytes of a pickle
	case torch.IsZip(head), torch.IsPickle(head):
		return formatTorch, nil
	}
	return 0, fmt.Errorf("%s %s", path, otherFile(head))
}

// otherFile says what a file is that begins with head and is no checkpoint.
func otherFile(head []byte) string {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	is := func(prefix string) bool { return bytes.HasPrefix(text, []byte(prefix)) }
	switch {
	case len(head) == 0:
		return "is empty: the download or copy failed, fetch it again"
	case is("<"):
		return "is a web page, not a checkpoint: the link led to a page; open it in a browser and fetch the file itself"
	case is("{"), is("["):
		return "is JSON text, not a checkpoint"
	case is("version https://git-lfs"):
		return "is a Git LFS pointer, not the checkpoint itself: run git lfs pull"
	case is("\x1f\x8b"):
		return "is compressed with gzip: unpack it first"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "is a tar archive: unpack it (PyTorch's own tar format, before 0.1.10, is not read)"
	}
	return fmt.Sprintf("is neither safetensors nor a PyTorch checkpoint (it begins with %.16q)", head)
}

// SHA1 is the SHA-1 digest of the file at path in hexadecimal, as published next to the original's weights.
func SHA1(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("SHA-1: %w", err)
	}
	defer f.Close()
	digest := sha1.New()
	if _, err := io.Copy(digest, f); err != nil {
		return "", fmt.Errorf("SHA-1 of %s: %w", path, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
