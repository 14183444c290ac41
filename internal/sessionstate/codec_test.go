package sessionstate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

func fullState() State {
	s := State{
		Seq: 1 << 40, Project: "/srv/shop", Watched: true, ClaudeVersion: "2.1.0", SuperPrompt: "p-1",
		SuperClaude: superclaude.Context{Commands: []string{"/sc:build"}, Reasoning: "ultrathink"},
	}
	for i := range MaxRecent + 2 {
		s.Recent.Remember(Seen{Key: KeyOf([]byte{byte(i)}), ID: uuid.UUID{byte(i)}, Seq: uint64(i), Time: time.UnixMilli(int64(i))})
	}
	return s
}

func TestStateIsReadAsItWasWritten(t *testing.T) {
	for name, want := range map[string]State{"zero": {Recent: Recent{}}, "full": fullState()} {
		raw := want.encode(nil)
		got, err := decodeState(append(raw, "left over from a longer state"...))
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
}

func TestTheLargestStateFitsIntoTheFile(t *testing.T) {
	s := fullState()
	long := strings.Repeat("x", maxText)
	s.Project, s.ClaudeVersion, s.SuperPrompt = long, long, long
	s.SuperClaude.Commands = []string{long[:maxText-200]}
	require.Less(t, len(s.encode(nil)), maxFile)
	s.Project += "x"
	got, err := decodeState(s.encode(nil))
	require.NoError(t, err)
	require.Empty(t, got.Project)
	require.Equal(t, s.Seq, got.Seq)
}

func TestEveryChangedOrMissingByteIsNoticed(t *testing.T) {
	s := fullState()
	raw := s.encode(nil)
	for i := range raw {
		raw[i] ^= 0x40
		_, err := decodeState(raw)
		require.Error(t, err, i)
		raw[i] ^= 0x40
	}
	for n := 1; n < len(raw); n++ {
		_, err := decodeState(raw[:n])
		require.Error(t, err, n)
	}
}

func FuzzDecodeState(f *testing.F) {
	s := fullState()
	f.Add(s.encode(nil))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decodeState(raw)
		if err == nil && len(raw) > 0 {
			again, err := decodeState(got.encode(nil))
			require.NoError(t, err)
			require.Equal(t, got.Seq, again.Seq)
		}
	})
}
