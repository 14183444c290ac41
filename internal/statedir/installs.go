package statedir

import "path/filepath"

// Installs holds one small file per Claude Code settings file that the
// installer changed: what an uninstall has to put back.
func (d Dir) Installs() string { return filepath.Join(string(d), "installs") }
