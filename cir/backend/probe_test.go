package backend_test

import (
	"testing"

	"gocir/cir/backend"
)

// The backend that a test has multiplies as pure Go does, and shows its devices.
func TestProbe(t *testing.T) {
	got, err := backend.Probe(backend.Asked("go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Devices) == 0 || got.Line == "" || got.Difference > 1e-4 {
		t.Errorf("got %+v", got)
	}
	if _, err := backend.Probe("xla:/nowhere/plugin.so"); err == nil {
		t.Error("a plugin that is not there works")
	}
}
