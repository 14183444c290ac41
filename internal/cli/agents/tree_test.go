package agents

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTreeAsAPersonSeesIt(t *testing.T) {
	s := newStage(t, both(t)...)
	for name, c := range map[string]struct {
		width int
		args  []string
	}{
		"tree-60.txt":    {60, []string{teamSession, "--width", "60"}},
		"tree-80.txt":    {80, []string{teamSession, "--width", "80"}},
		"tree-140.txt":   {140, []string{teamSession, "--width", "140"}},
		"tree-depth.txt": {80, []string{teamSession, "--width", "80", "--depth", "1"}},
		"tree-shop.txt":  {120, []string{"5e55", "--width", "120"}},
		"tree-last.txt":  {80, []string{"--width", "80"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := s.ok(t, append([]string{"tree"}, c.args...)...)
			golden(t, name, out)
			fits(t, out, c.width)
		})
	}
	t.Setenv("LC_ALL", "C.UTF-8")
	s.tty, s.color = true, true
	golden(t, "tree-80.ansi", s.ok(t, "tree", teamSession, "--width", "80"))
	t.Setenv("LC_ALL", "C")
	require.Contains(t, s.ok(t, "tree", teamSession, "--width", "80"), "|- Explore")
}
