package heaptargetextension

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxMappings is more than the mappings of any collector.
const maxMappings = 100_000

// dropProgram takes the pages of the program's code and constants out of the process, and
// returns how many bytes were mapped. They stay in the system's page cache, from where
// those that are used again come back without reading the disk.
func dropProgram() (uint64, error) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return 0, fmt.Errorf("find the program: %w", err)
	}
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return 0, fmt.Errorf("list mappings: %w", err)
	}
	defer f.Close()
	mappings, err := constant(f, program)
	if err != nil {
		return 0, fmt.Errorf("list mappings: %w", err)
	}
	var dropped uint64
	var faults []error
	for _, m := range mappings {
		// By address, for there is no Go value behind it.
		_, _, errno := unix.Syscall(unix.SYS_MADVISE, uintptr(m.from), uintptr(m.to-m.from), unix.MADV_DONTNEED)
		if errno != 0 {
			faults = append(faults, fmt.Errorf("give back mapping %x-%x: %w", m.from, m.to, errno))
			continue
		}
		dropped += m.to - m.from
	}
	return dropped, errors.Join(faults...)
}

type mapping struct {
	from, to uint64
}

// constant returns those mappings of the program's file that cannot be written to: what
// is in them is the same as in the file. The format is that of proc_pid_maps(5).
func constant(maps io.Reader, program string) ([]mapping, error) {
	var found []mapping
	lines := bufio.NewScanner(maps)
	for n := 0; lines.Scan(); n++ {
		if n == maxMappings {
			return nil, fmt.Errorf("more than %d", maxMappings)
		}
		var m mapping
		var mode, offset, device string
		var inode uint64
		at := strings.Index(lines.Text(), "/")
		if at < 0 || lines.Text()[at:] != program {
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s %s %s %d", &m.from, &m.to, &mode, &offset, &device, &inode); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if (mode == "r-xp" || mode == "r--p") && m.from < m.to {
			found = append(found, m)
		}
	}
	return found, lines.Err()
}
