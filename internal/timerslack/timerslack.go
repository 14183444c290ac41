// Package timerslack starts programs whose waits for a time may end somewhat later, so
// that the kernel wakes them less often.
//
// A Go program has a thread that looks, every 20 µs for at least a millisecond after
// anything went on, whether another one is stuck in a system call. In a program that syncs a file a thousand times a
// second that was half of all wake-ups, and each takes a processor from who has work.
// With a slack, the kernel lets that thread sleep for as long.
package timerslack

import (
	"os/exec"
	"time"
)

// Start starts cmd with a slack of its timers: each wait of the program for a time may take
// so much longer. It passes it on to what it starts. 0 leaves it as ours is; so does a
// system other than Linux, or one that does not know the call.
func Start(cmd *exec.Cmd, slack time.Duration) error {
	if slack <= 0 {
		return cmd.Start()
	}
	return start(cmd, slack)
}
