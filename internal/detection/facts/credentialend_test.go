package facts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A name that find looks for is told as it is written, directories included.
func TestCredentialEndOfANameWithDirectories(t *testing.T) {
	f := FromCommand(`find / -name gh/hosts.yml -exec cat {} \;`, testContext)
	require.Contains(t, f.Paths, Path{Path: "/gh/hosts.yml/gh/hosts.yml", Access: AccessRead, Class: ClassCredential, Program: "cat", OutsideProject: true})
}
