package report

import (
	"reflect"
	"testing"
)

func TestMatrixIsRowMajor(t *testing.T) {
	if got, want := Matrix([]float32{1, 2, 3, 4, 5, 6}, 3), [][]float64{{1, 2, 3}, {4, 5, 6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("matrix %v, want %v", got, want)
	}
	if got, want := Matrix([]float32{1, 2, 3}, 2), [][]float64{{1, 2}, {3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("matrix %v, want %v", got, want)
	}
	if got := Matrix([]float32{1}, 0); got != nil {
		t.Errorf("matrix without columns %v", got)
	}
}
