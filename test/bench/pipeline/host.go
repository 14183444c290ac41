package main

import (
	"fmt"
	"strconv"
	"strings"
)

// hostTime is what /proc/stat counts since the machine started, in ticks.
type hostTime struct {
	wanted float64 // by any program, given or not
	stolen float64 // of it, what the host gave to other machines
}

// hostTimeNow is zero where there is no /proc/stat.
func hostTimeNow() (h hostTime) {
	// cpu user nice system idle iowait irq softirq steal …: user and nice have guests in them.
	fields := strings.Fields(readLine("/proc/stat"))
	if len(fields) < 9 || fields[0] != "cpu" {
		return h
	}
	for i, text := range fields[1:9] {
		ticks, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return hostTime{}
		}
		switch i {
		case 3, 4: // idle
		case 7:
			h.stolen = ticks
			h.wanted += ticks
		default:
			h.wanted += ticks
		}
	}
	return h
}

// since says how much was taken away from this machine: what was measured meanwhile is as
// good as that is small.
func (h hostTime) since() string {
	now := hostTimeNow()
	if now.wanted <= h.wanted {
		return "unknown"
	}
	return fmt.Sprintf("%.1f %%", 100*(now.stolen-h.stolen)/(now.wanted-h.wanted))
}
