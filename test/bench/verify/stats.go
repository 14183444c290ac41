package main

import (
	"slices"
	"syscall"
)

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// maxRSS is the largest resident set of this process so far, in MiB (on Linux,
// where it is told in KiB).
func maxRSS() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Maxrss) / 1024
}

// cpuSeconds is the processor time that this process has used.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
