package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// collector is a running collector, watched from outside.
type collector struct {
	pid       int
	metrics   string   // URL
	exporters []string // their names
}

// cpu is the processor time that the process has used, in user and kernel, those of its
// threads that have ended, too.
func (c *collector) cpu() (time.Duration, error) {
	var spent unix.Timespec
	// What clock_getcpuclockid(3) makes of a PID: the ticks of /proc/PID/stat are 10 ms, a
	// percent of what a phase takes.
	clock := int32(^c.pid<<3 | 2)
	if err := unix.ClockGettime(clock, &spent); err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	return time.Duration(spent.Nano()), nil
}

// maxRSS is the largest resident set of the process so far, in MB.
func (c *collector) maxRSS() (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.pid))
	if err != nil {
		return 0, fmt.Errorf("read resident set: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, err := strconv.ParseFloat(fields[1], 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, errors.New("read resident set: no VmHWM")
}

// drainTime bounds the wait for the exporters.
const drainTime = 2 * time.Minute

// await waits until each exporter has sent n records.
func (c *collector) await(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	for {
		page, err := harness.Get(ctx, c.metrics)
		if err != nil {
			return err
		}
		behind := ""
		for _, e := range c.exporters {
			if sent := sentBy(page, e); sent < n {
				behind = fmt.Sprintf("%s has sent %d of %d records", e, sent, n)
			}
		}
		if behind == "" {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return fmt.Errorf("%s: %w", behind, err)
		}
	}
}

func sentBy(page, exporter string) int {
	total := 0.0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "otelcol_exporter_sent_log_records") || !strings.Contains(line, `exporter="`+exporter+`"`) {
			continue
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:]), 64); err == nil {
			total += v
		}
	}
	return int(total)
}
