// Package secretscan takes secrets out of text with everything there is: the
// small fast set of package redact, and behind it the rules of gitleaks for the
// tokens of some two hundred services. It is for the collector; loading the rules
// takes longer than a hook may live.
//
// A text is searched by gitleaks only if it has one of its keywords and, behind
// it, something that could be a secret: most texts have neither, and finding that
// out takes a nanosecond a byte. What is written in base64 is decoded, searched,
// and written again.
//
// It fails closed: what cannot be searched in the time there is, or makes the
// search panic, loses everything that looks like a token (see coarse), and what
// is too large is replaced as a whole. As in package redact, nothing that a shell
// would run is ever replaced.
package secretscan
