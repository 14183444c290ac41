//go:build !linux

package reserve

import "os"

func allocate(*os.File, int64, int64) {}
