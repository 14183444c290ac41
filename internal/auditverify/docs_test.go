package auditverify

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page for auditors tells of every check, in the order of the report.
func TestEveryCheckIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "\n## The checks\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n## ")
	var documented, asked []Check
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(table, -1) {
		documented = append(documented, Check(row[1]))
	}
	for _, q := range Questions() {
		asked = append(asked, q.Check)
		require.NotEmpty(t, q.Asks)
	}
	require.Equal(t, asked, documented)
}
