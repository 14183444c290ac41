package heaptargetextension

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// residentFile returns how many KiB of files are mapped and in memory.
func residentFile(t *testing.T) (kib int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(status), "RssFile:")
	require.True(t, ok)
	_, err = fmt.Sscan(rest, &kib)
	require.NoError(t, err)
	return kib
}

func TestTheProgramIsDroppedAndComesBack(t *testing.T) {
	program, err := os.Readlink("/proc/self/exe")
	require.NoError(t, err)
	content, err := os.ReadFile(program)
	require.NoError(t, err)
	before := residentFile(t)
	dropped, err := dropProgram()
	require.NoError(t, err)
	after := residentFile(t)
	t.Logf("%d of %d KiB of files are left, of a program of %d KiB", after, before, len(content)>>10)
	require.Positive(t, dropped)
	require.LessOrEqual(t, dropped, uint64(len(content)+64<<10))
	require.Less(t, after, before)
	// This test, and the runtime, go on running on what comes back.
	h := start(t, 16)
	require.NoError(t, h.Ready())
	require.NoError(t, h.NotReady())
	require.NoError(t, h.Shutdown(t.Context()))
}

func TestOnlyConstantMappingsOfTheProgramAreDropped(t *testing.T) {
	const maps = `00400000-02143000 r-xp 00000000 fe:00 9978204                            /opt/a dir/otelcol
02143000-043d2000 r--p 01d43000 fe:00 9978204                            /opt/a dir/otelcol
043d2000-045f9000 rw-p 03fd2000 fe:00 9978204                            /opt/a dir/otelcol
04600000-04601000 r--s 00000000 fe:00 9978204                            /opt/a dir/otelcol
045f9000-04670000 rw-p 00000000 00:00 0
c000000000-c004000000 rw-p 00000000 00:00 0                              [anon: Go: heap]
7f0000000000-7f0000001000 r--p 00000000 fe:00 12                         /opt/a dir/otelcol.so
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
`
	found, err := constant(strings.NewReader(maps), "/opt/a dir/otelcol")
	require.NoError(t, err)
	require.Equal(t, []mapping{{0x400000, 0x2143000}, {0x2143000, 0x43d2000}}, found)

	_, err = constant(strings.NewReader("00400000 r-xp 0 0:0 1 /bin/x\n"), "/bin/x")
	require.ErrorContains(t, err, "line 1")
	_, err = constant(strings.NewReader(strings.Repeat("1-2 r--p 0 0:0 1 /bin/y\n", maxMappings+1)), "/bin/x")
	require.ErrorContains(t, err, "more than 100000")
}
