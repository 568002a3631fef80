package jpeg_test

import (
	"fmt"

	"gocir/cir/jpeg"
)

// Chroma has half the width and height of this picture.
func ExampleDecode() {
	m, err := jpeg.Decode(scene(31, 17))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range m.Planes {
		fmt.Printf("%d×%d samples, each %d×%d pixels\n", p.Width, p.Height, p.Across, p.Down)
	}
	fmt.Println("the first:", m.Planes[0].Row(0, 0, 1)[0])
	// Output:
	// 31×17 samples, each 1×1 pixels
	// 16×9 samples, each 2×2 pixels
	// 16×9 samples, each 2×2 pixels
	// the first: 112
}
