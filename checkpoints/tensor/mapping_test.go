package tensor

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMapShowsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	want := bytes.Repeat([]byte("gocir"), 5000)
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Bytes(), want) {
		t.Error("mapped bytes differ from the written ones")
	}
	for range 2 {
		if err := m.Close(); err != nil || m.Bytes() != nil {
			t.Errorf("closing: %v; %d bytes outlive it", err, len(m.Bytes()))
		}
	}
}

func TestMapOfAnEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil || len(m.Bytes()) != 0 || m.Close() != nil {
		t.Errorf("Map of an empty file: %v, %v", m, err)
	}
}

func TestMapRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Map(dir); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("Map of a folder: %v", err)
	}
	if _, err := Map(filepath.Join(dir, "absent")); !os.IsNotExist(err) {
		t.Errorf("Map of a missing file: %v", err)
	}
}
