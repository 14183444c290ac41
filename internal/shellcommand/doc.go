// Package shellcommand says what a shell command line would do: which programs it
// runs, with which arguments, through which wrappers, fed by what, and how data
// flows between them. It reads the command's syntax tree and never matches text,
// and it runs nothing, opens nothing and expands no pattern against a file system.
//
// The command is the watched agent's: it may be written to mislead. So everything
// is bounded (size, nesting, commands, words, time), what cannot be told is said to
// be opaque instead of left out, and no input makes it panic.
package shellcommand
