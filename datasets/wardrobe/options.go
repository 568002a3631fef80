package wardrobe

import (
	"errors"
	"fmt"
	slashpath "path"
	"strings"
)

// Options says what is drawn. Equal options give equal files, byte for byte, on one kind of machine and Go version.
type Options struct {
	// Images is the number of pictures, 200 to 200,000; 0 means 3,000. Two thirds are garments. DrawLike ignores it.
	Images int `json:"images"`
	// Seed chooses what is drawn.
	Seed uint64 `json:"seed"`
	// ImageSize is the longer side of a picture in pixels, 32 to 1,024; 0 means 64.
	ImageSize int `json:"image_size"`
	// Format is how garments are stored: "png" (the default, also if empty) or "jpg". Scenes have the format that
	// their path in the split file says, which is PNG in what Draw writes.
	Format string `json:"format"`
	// Splits restricts DrawLike to some of train, val, test and test1; none means all. Draw ignores it.
	Splits []string `json:"splits,omitempty"`
	// Workers is the number of pictures drawn at a time; 0 means one for each processor. It changes no file.
	Workers int `json:"-"`
}

// The numbers of pictures that can be drawn.
const (
	MinImages = 200
	MaxImages = 200_000
)

const (
	defaultImages    = 3000
	defaultImageSize = 64
)

// withDefaults returns o with its zero values replaced.
func (o Options) withDefaults() Options {
	if o.Images == 0 {
		o.Images = defaultImages
	}
	if o.ImageSize == 0 {
		o.ImageSize = defaultImageSize
	}
	if o.Format == "" {
		o.Format = "png"
	}
	return o
}

// Validate reports every way in which a data set cannot be drawn with o.
func (o Options) Validate() error {
	o = o.withDefaults()
	var errs []error
	if o.Images < MinImages || o.Images > MaxImages {
		errs = append(errs, fmt.Errorf("%d images: a wardrobe has %d to %d", o.Images, MinImages, MaxImages))
	}
	return errors.Join(append(errs, o.validateLike())...)
}

// validateLike leaves out the number of images, which DrawLike finds in the split files.
func (o Options) validateLike() error {
	var errs []error
	if o.ImageSize < 32 || o.ImageSize > 1024 {
		errs = append(errs, fmt.Errorf("image size %d px: it goes from 32 to 1024", o.ImageSize))
	}
	if o.Format != "png" && o.Format != "jpg" {
		errs = append(errs, fmt.Errorf("format %q: use png or jpg", o.Format))
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("%d workers: use 1 or more, or 0 for one for each processor", o.Workers))
	}
	for _, s := range o.Splits {
		if s != "train" && s != "val" && s != "test" && s != "test1" {
			errs = append(errs, fmt.Errorf("split %q: use train, val, test or test1", s))
		}
	}
	return errors.Join(errs...)
}

// isJPEG reports whether a file name ends like a JPEG's.
func isJPEG(file string) bool {
	ext := strings.ToLower(slashpath.Ext(file))
	return ext == ".jpg" || ext == ".jpeg"
}
