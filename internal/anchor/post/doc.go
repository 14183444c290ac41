// Package post is how anchors speak to a server: one bounded HTTP POST, without
// redirects, and an answer judged as passing or final.
package post
