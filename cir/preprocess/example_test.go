package preprocess_test

import (
	"fmt"
	"image"

	"gocir/cir/preprocess"
)

// A tall picture is padded left and right until its sides have the ratio 1.25, then loses a little of its height.
func ExampleRecipe_Layout() {
	r := preprocess.Recipe{Transform: preprocess.TargetPad, Size: 384}
	l := r.Layout(300, 600)
	fmt.Println("padded ", l.Padded)
	fmt.Println("resized", l.Resized)
	fmt.Println("crop at", l.Crop)
	// Output:
	// padded  [480 600]
	// resized [384 480]
	// crop at [0 48]
}

// From the bytes of a file to what the image encoder is given.
func ExampleRecipe_Load() {
	file := encodePNG(image.NewNRGBA(image.Rect(0, 0, 300, 200))) // any PNG, JPEG, WebP, GIF or BMP
	r := preprocess.Recipe{Transform: preprocess.TargetPad, Size: 384}
	pixels := make([]float32, 3*384*384)
	if err := r.Load(pixels, file); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("black: red %.4f, green %.4f, blue %.4f\n", pixels[0], pixels[384*384], pixels[2*384*384])
	// Output: black: red -1.7923, green -1.7521, blue -1.4802
}
