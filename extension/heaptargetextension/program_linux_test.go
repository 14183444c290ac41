package heaptargetextension

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
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
	var smaps strings.Builder
	for _, m := range []struct{ head, anonymous string }{
		{"00400000-02143000 r-xp 00000000 fe:00 9978204                            /opt/a dir/otelcol", "0"},
		{"02143000-043d2000 r--p 01d43000 fe:00 9978204                            /opt/a dir/otelcol", "0"},
		{"043d2000-043d3000 r--p 03fd2000 fe:00 9978204                            /opt/a dir/otelcol", "4"}, // relocated
		{"043d3000-045f9000 rw-p 03fd3000 fe:00 9978204                            /opt/a dir/otelcol", "0"},
		{"04600000-04601000 r--s 00000000 fe:00 9978204                            /opt/a dir/otelcol", "0"},
		{"045f9000-04670000 rw-p 00000000 00:00 0", "0"},
		{"c000000000-c004000000 rw-p 00000000 00:00 0                              [anon: Go: heap]", "128"},
		{"7f0000000000-7f0000001000 r--p 00000000 fe:00 12                         /opt/a dir/otelcol.so", "0"},
		{"7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]", "16"},
	} {
		fmt.Fprintf(&smaps, "%s\nSize:               4 kB\nAnonymous:        %s kB\nLazyFree:             0 kB\nVmFlags: rd ex mr \n", m.head, m.anonymous)
	}
	found, err := constant(strings.NewReader(smaps.String()), "/opt/a dir/otelcol")
	require.NoError(t, err)
	require.Equal(t, []mapping{{0x400000, 0x2143000}, {0x2143000, 0x43d2000}}, found)

	found, err = constant(strings.NewReader("00400000-02143000 r-xp 00000000 fe:00 9978204 /bin/x\n"), "/bin/x")
	require.NoError(t, err)
	require.Empty(t, found, "it is not known whether it was written to")
	_, err = constant(strings.NewReader("00400000-x r-xp 0 0:0 1 /bin/x\n"), "/bin/x")
	require.ErrorContains(t, err, "line 1")
	_, err = constant(strings.NewReader(strings.Repeat("\n", maxLines+1)), "/bin/x")
	require.ErrorContains(t, err, "more than 2000000")
}

// What a program is when it is relocated: its file, with pages that were written to and
// cannot be any more.
func TestWhatWasWrittenToStays(t *testing.T) {
	page := os.Getpagesize()
	program := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(program, make([]byte, 2*page), 0o600))
	f, err := os.Open(program)
	require.NoError(t, err)
	defer f.Close()
	memory, err := unix.Mmap(int(f.Fd()), 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	require.NoError(t, err)
	defer func() { require.NoError(t, unix.Munmap(memory)) }()
	listed := func() []mapping {
		smaps, err := os.Open("/proc/self/smaps")
		require.NoError(t, err)
		defer smaps.Close()
		found, err := constant(smaps, program)
		require.NoError(t, err)
		return found
	}
	require.Empty(t, listed(), "it can be written to")
	require.NoError(t, unix.Mprotect(memory, unix.PROT_READ))
	require.Len(t, listed(), 1)
	require.NoError(t, unix.Mprotect(memory, unix.PROT_READ|unix.PROT_WRITE))
	memory[page] = 1
	require.NoError(t, unix.Mprotect(memory, unix.PROT_READ))
	require.Empty(t, listed())
}
