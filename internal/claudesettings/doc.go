// Package claudesettings reads and changes Claude Code's settings files: it
// registers our hooks beside whatever else stands there, takes them out again,
// and reports what is registered where (Inspect).
package claudesettings
