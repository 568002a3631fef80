package lab_test

import (
	"math"
	"strings"
	"testing"

	"gocir/cir/cirtest"
	"gocir/lab"
)

// A session on two devices embeds, trains and measures as on one, and its run says so. A backend of one device, as pure
// Go is, refuses.
func TestTrainingOnDevices(t *testing.T) {
	r := tinyRecipe(t, "text-cirr-tiny")
	onTwo := func(o *lab.Options) { o.Devices = 2 }
	if b := cirtest.Backend(t); b.NumDevices() < 2 {
		f, _ := files(t)
		o := lab.Options{Backend: b, Files: f, Vocabulary: vocabulary(t), Recipe: r, Devices: 2}
		if _, err := lab.Open(o); err == nil || !strings.Contains(err.Error(), "running on 2 devices: backend") {
			t.Errorf("err = %v", err)
		}
		return
	}
	want, got := trained(t, session(t, r.Name, nil), r), trained(t, session(t, r.Name, onTwo), r)
	for i, record := range got.History {
		if w := want.History[i].Train.Loss; math.Abs(record.Train.Loss-w) > 1e-4*w {
			t.Errorf("epoch %d: loss %v, on one device %v", i, record.Train.Loss, w)
		}
	}
	validation := got.History[0].Validation
	for i, metric := range validation.Metrics {
		w := want.History[0].Validation.Metrics[i].Value
		if queries := math.Abs(metric.Value-w) / 100 * float64(validation.Queries); queries > 1.5 {
			t.Errorf("%s is %v, on one device %v", metric.Name, metric.Value, w)
		}
	}
	if about, err := got.Run.About(); err != nil || about["devices"] != "2" {
		t.Errorf("machine.json holds %v, %v", about, err)
	}
}

// Batches of frozen encoders that devices can't share are refused before anything is embedded.
func TestOpenRefusesBatchesThatDevicesCannotShare(t *testing.T) {
	b := cirtest.Backend(t)
	if b.NumDevices() < 2 {
		return
	}
	f, _ := files(t)
	o := lab.Options{Backend: b, Files: f, Vocabulary: vocabulary(t), Recipe: tinyRecipe(t, "text-cirr-tiny"), Devices: 2}
	o.Recipe.ImageBatch, o.Recipe.TextBatch = 7, 9
	_, err := lab.Open(o)
	for _, want := range []string{"ImageBatch 7 does not divide among 2 devices", "TextBatch 9 does not divide"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// Where nobody says how many devices share the batches, all GPUs do that divide them.
func TestDividing(t *testing.T) {
	for _, c := range []struct {
		most    int
		batches []int
		want    int
	}{
		{0, []int{32, 32}, 1}, {1, []int{7}, 1}, {8, []int{32, 32, 128, 16}, 8}, {6, []int{32, 32, 128, 0}, 4}, {3, []int{32}, 2}, {4, []int{32, 9}, 1}, {3, []int{0, 0}, 3},
	} {
		if got := lab.Dividing(c.most, c.batches...); got != c.want {
			t.Errorf("%d GPUs for batches %v: %d, want %d", c.most, c.batches, got, c.want)
		}
	}
}
