package architecture_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	makefileVersion = regexp.MustCompile(`(?m)^(COLLECTOR_VERSION|COLLECTOR_STABLE_VERSION)\s*:=\s*(v\S+)$`)
	collectorModule = regexp.MustCompile(`(?m)(\S*(?:go\.opentelemetry\.io/collector|opentelemetry-collector-contrib)/\S+) (v\S+)`)
)

// The Makefile says which collector this is; the manifest and go.mod follow.
func TestCollectorVersionsAgree(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	versions := map[string]string{}
	for _, m := range makefileVersion.FindAllStringSubmatch(string(makefile), -1) {
		versions[m[1]] = m[2]
	}
	require.Len(t, versions, 2)

	for _, file := range []string{"../../builder-config.yaml", "../../go.mod"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		modules := collectorModule.FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, modules, file)
		for _, m := range modules {
			wanted := versions["COLLECTOR_VERSION"]
			if strings.HasPrefix(m[2], "v1.") {
				wanted = versions["COLLECTOR_STABLE_VERSION"]
			}
			require.Equal(t, wanted, m[2], "%s: %s", file, m[1])
		}
	}
}
