//go:build !unix

package auditverify

import "os"

const openFlags = 0

func names(os.FileInfo) uint64 { return 1 }
