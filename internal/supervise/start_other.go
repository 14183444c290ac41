//go:build !linux

package supervise

import (
	"slices"
	"strconv"

	"github.com/shirou/gopsutil/v4/process"
)

func startOf(p *process.Process) (string, error) {
	if status, err := p.Status(); err == nil && slices.Contains(status, process.Zombie) {
		return "", ErrNoProcess
	}
	ms, err := p.CreateTime()
	if err != nil {
		return "", ErrNoProcess
	}
	return strconv.FormatInt(ms, 10), nil
}
