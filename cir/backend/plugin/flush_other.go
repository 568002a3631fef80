//go:build !linux

package plugin

import (
	"context"
	"errors"
)

// Nothing is installed where these are (see supported).

func lock(context.Context, string, func(string)) (unlock func(), err error) {
	return nil, errors.ErrUnsupported
}

func flush() {}
