//go:build !linux

package heaptargetextension

// dropProgram does nothing: it is not known how on this system.
func dropProgram() (uint64, error) {
	return 0, nil
}
