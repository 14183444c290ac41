package alerts

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAcknowledge takes the whole way: over the socket into the audit log, and back.
func TestAcknowledge(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	s.collector()
	out := s.ok("ack", all[2].ID[:8], all[1].ID, all[1].ID[:10], "--by", "ana", "--reason", "as planned", "--json")
	acks := decode[AckResult](t, out)
	require.Len(t, acks, 2, "each once")
	require.Equal(t, AckRecorded, acks[0].State)
	require.Equal(t, all[2].ID, acks[0].AlertID)

	found := decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.Len(t, found, 3)
	require.Nil(t, found[0].Ack)
	require.Equal(t, "ana", found[2].Ack.By)
	require.Equal(t, "as planned", found[2].Ack.Reason)
	require.Equal(t, acks[0].ID, found[2].Ack.ID)
	require.False(t, found[2].Ack.FromAgent)
	golden(t, "show-acknowledged.golden", s.ok("show", "--since", "30d"))

	// Another one changes nothing, and says so.
	s.inAgent = true
	require.Contains(t, s.ok("ack", all[2].ID, "--by", "agent"), "already, by ana")
	require.Contains(t, s.ok("ack", all[0].ID, "--by", "agent"), "stays open")
	found = decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.True(t, found[0].Ack.FromAgent)
	require.Equal(t, "ana", found[2].Ack.By)
	require.Contains(t, s.ok("show", "--id", all[0].ID), "shell of Claude Code")
	open := decode[Alert](t, s.ok("show", "--since", "30d", "--open", "--json"))
	require.Len(t, open, 1, "what the agent says closes nothing")
	require.Equal(t, all[0].ID, open[0].ID)
	require.Contains(t, s.ok("show", "--since", "30d", "--open"), "⚠")

	// A person's counts, though it is the second.
	s.inAgent = false
	require.NotContains(t, s.ok("ack", all[0].ID, "--by", "bea"), "already")
	found = decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.Equal(t, "bea", found[0].Ack.By)
	require.Empty(t, s.ok("show", "--since", "30d", "--open", "--json"))
}

func TestInAgent(t *testing.T) {
	t.Setenv(agentVariable, "1")
	require.True(t, inAgent(t.Context()))
	// Below a shell that has it, also where a command takes it out.
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "env -u "+agentVariable+` "$0" -test.run TestHelperInAgent; exit $?`, self)
	cmd.Env = append(os.Environ(), "HELPER_IN_AGENT=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "in agent: true")
}

func TestHelperInAgent(t *testing.T) {
	if os.Getenv("HELPER_IN_AGENT") == "" {
		t.Skip("is run by TestInAgent")
	}
	require.Empty(t, os.Getenv(agentVariable))
	fmt.Printf("in agent: %t\n", inAgent(t.Context()))
}

func TestAcknowledgementsAreChecked(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	require.ErrorIs(t, s.fails(1, "ack", all[0].ID, "ffffff00"), errUnknown)
	files, err := os.ReadDir(s.home.Spool())
	require.NoError(t, err)
	require.Empty(t, files, "nothing is recorded when one is unknown")
	s.fails(2, "ack", "x y", "--reason", "a\x1b[2Jb", "--by", strings.Repeat("x", maxByBytes+1))

	// Without a collector it waits.
	out := s.ok("ack", all[0].ID)
	require.Contains(t, out, "spool")
	files, err = os.ReadDir(s.home.Spool())
	require.NoError(t, err)
	require.NotEmpty(t, files)
	s.collector()
	require.Eventually(t, func() bool {
		found := decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
		return found[0].Ack != nil
	}, 10*time.Second, 20*time.Millisecond)
}
