// Package enforcement is what a verdict about a tool call looks like between
// those who ask for it, give it and pass it on: how it travels in a header, what
// it means when none comes, and the answer that Claude Code understands. It has no
// opinion of its own, and is small: claude-hook links it.
package enforcement
