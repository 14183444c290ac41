package supervise

import (
	"fmt"
	"os"
	"strings"

	"github.com/shirou/gopsutil/v4/process"
)

// startOf joins the boot and the clock ticks since then: unlike the time of
// day, these do not move when the clock is set.
func startOf(p *process.Process) (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("identify process: %w", err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		return "", ErrNoProcess
	}
	// The name may hold anything, even brackets: count from the last one.
	_, rest, _ := strings.Cut(string(stat[max(0, strings.LastIndexByte(string(stat), ')')):]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", ErrNoProcess
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[19], nil
}
