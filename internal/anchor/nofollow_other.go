//go:build !unix

package anchor

const noFollow = 0
