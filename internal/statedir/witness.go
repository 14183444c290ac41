package statedir

import "path/filepath"

// Witness holds the key and the state of a witness, on the machine that runs one.
func (d Dir) Witness() string { return filepath.Join(string(d), "witness") }
