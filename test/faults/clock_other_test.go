//go:build !linux

package faults

import (
	"context"
	"errors"
	"math/rand/v2"
)

func (s *saboteurs) jumpClock(context.Context, *rand.Rand) error { return errors.ErrUnsupported }
