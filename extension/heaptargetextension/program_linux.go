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

// maxLines is more than the lines about the mappings of any collector, some twenty each.
const maxLines = 2_000_000

// dropProgram takes the pages of the program's code and constants out of the process, and
// returns how many bytes were mapped. They stay in the system's page cache, from where
// those that are used again come back without reading the disk.
func dropProgram() (uint64, error) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return 0, fmt.Errorf("find the program: %w", err)
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0, fmt.Errorf("list mappings: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
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

// constant returns those mappings of the program's file that cannot be written to and
// never were: what is in them is the same as in the file. The format is that of
// proc_pid_smaps(5).
//
// Those that were written to look like the others: what is relocated, in a program that is
// position-independent or has C in it, is made read-only once it is. The file does not have
// it, and the program ends where it is missing.
func constant(smaps io.Reader, program string) ([]mapping, error) {
	var found []mapping
	var m mapping // that the lines are about, if it may be one of them
	lines := bufio.NewScanner(smaps)
	for n := 1; lines.Scan(); n++ {
		if n > maxLines {
			return nil, fmt.Errorf("more than %d lines", maxLines)
		}
		switch words := strings.Fields(lines.Text()); {
		case len(words) == 0:
		case strings.Contains(words[0], "-"): // another mapping begins
			var err error
			if m, err = readOnly(lines.Text(), program); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		case words[0] == "Anonymous:" && len(words) > 1 && words[1] == "0" && m.from < m.to:
			found = append(found, m)
		}
	}
	return found, lines.Err()
}

// readOnly returns the mapping that a line begins with, or none when it is not of the
// program's file, or can be written to.
func readOnly(line, program string) (m mapping, err error) {
	at := strings.Index(line, "/")
	if at < 0 || line[at:] != program {
		return mapping{}, nil
	}
	var mode, offset, device string
	var inode uint64
	if _, err := fmt.Sscanf(line, "%x-%x %s %s %s %d", &m.from, &m.to, &mode, &offset, &device, &inode); err != nil {
		return mapping{}, err
	}
	if mode != "r-xp" && mode != "r--p" {
		return mapping{}, nil
	}
	return m, nil
}
