//go:build !unix

package auditlog

const noFollow = 0
