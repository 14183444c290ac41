// Package install has the commands that register the hooks with Claude Code and
// take them out again.
package install
