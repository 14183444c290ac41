package auditlog

import (
	"strconv"
	"strings"
)

// ParseKeyName takes the name of a key apart that KeyName made: the origin of the
// log's checkpoints, and the epoch.
func ParseKeyName(name string) (origin string, epoch uint64, ok bool) {
	origin, digits, ok := strings.Cut(name, "/epoch-")
	if !ok || (Checkpoint{Origin: origin}).LogID() == "" {
		return "", 0, false
	}
	epoch, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || strconv.FormatUint(epoch, 10) != digits {
		return "", 0, false
	}
	return origin, epoch, true
}
