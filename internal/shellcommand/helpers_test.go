package shellcommand

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var here = Options{Dir: "/work/p", Home: "/home/u"}

// shown is a command on one line: what is unknown is …, a word with spaces or without
// anything is quoted.
func shown(c *Command) string {
	words := []string{c.Program}
	for _, a := range c.Args {
		v := strings.ReplaceAll(a.Value, Unknown, "…")
		if v == "" || strings.ContainsAny(v, " \t\n") {
			v = "«" + v + "»"
		}
		words = append(words, v)
	}
	return strings.Join(words, " ")
}

func all(a *Analysis) []string {
	var out []string
	for i := range a.Commands {
		out = append(out, shown(&a.Commands[i]))
	}
	return out
}

// find returns the command that is shown so.
func find(t *testing.T, a *Analysis, line string) *Command {
	t.Helper()
	for i := range a.Commands {
		if shown(&a.Commands[i]) == line {
			return &a.Commands[i]
		}
	}
	require.Failf(t, "no such command", "%q in %q", line, all(a))
	return nil
}

// runs holds that each command line runs, among others, what is behind it.
func runs(t *testing.T, cases [][2]string) {
	t.Helper()
	for _, c := range cases {
		t.Run(c[0], func(t *testing.T) {
			a := Analyze(c[0], here)
			consistent(t, a)
			require.Contains(t, all(a), c[1])
		})
	}
}

// consistent holds what is true of every analysis.
func consistent(t testing.TB, a *Analysis) {
	t.Helper()
	require.LessOrEqual(t, len(a.Commands), maxCommands)
	require.LessOrEqual(t, len(a.Edges), maxEdges)
	words := 0
	for i := range a.Commands {
		c := &a.Commands[i]
		require.Equal(t, i, c.ID)
		require.LessOrEqual(t, len(c.Text), maxShown)
		require.LessOrEqual(t, len(c.Script), maxScript)
		words += len(c.Args)
		for _, w := range c.Args {
			require.Equal(t, !strings.Contains(w.Value, Unknown), w.Known)
		}
	}
	require.LessOrEqual(t, words, maxWords)
	for _, e := range a.Edges {
		require.True(t, e.From >= 0 && e.From < len(a.Commands) && e.To >= 0 && e.To < len(a.Commands), "%v", e)
	}
}

// kinds are the edges from one command to another.
func kinds(t *testing.T, a *Analysis, from, to string) []EdgeKind {
	t.Helper()
	f, g := find(t, a, from).ID, find(t, a, to).ID
	var out []EdgeKind
	for _, e := range a.Edges {
		if e.From == f && e.To == g {
			out = append(out, e.Kind)
		}
	}
	return out
}
