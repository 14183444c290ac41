// Package screen draws the live console and takes its keys.
package screen
