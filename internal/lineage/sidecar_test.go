package lineage

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSidecar(t *testing.T) {
	projects := t.TempDir()
	dir := filepath.Join(projects, "-srv-shop", "s", "subagents")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	write := func(agent, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "agent-"+agent+".meta.json"), []byte(text), 0o600))
	}
	root, err := os.OpenRoot(projects)
	require.NoError(t, err)
	defer root.Close()
	read := func(transcript, session, agent string) (Sidecar, error) {
		return ReadSidecar(root, transcript, session, agent)
	}

	write("a1", `{"agentType":"Explore","description":"x","toolUseId":"toolu_1","parentAgentId":"a0","spawnDepth":2,"new":[{}]}`)
	want := Sidecar{Type: "Explore", Call: "toolu_1", Parent: "a0", Depth: 2}
	for _, transcript := range []string{"/home/dev/.claude/projects/-srv-shop/s.jsonl", "/x/-srv-shop/s/subagents/agent-a1.jsonl", "/-srv-shop/other.jsonl"} {
		got, err := read(transcript, "s", "a1")
		require.NoError(t, err, transcript)
		require.Equal(t, want, got)
	}
	for _, bad := range [][3]string{
		{"-srv-shop/s.jsonl", "s", "a1"},
		{"/x/-srv-shop/s.json", "s", "a1"},
		{"", "s", "a1"},
		{"/s.jsonl", "s", "a1"},
		{"/../s.jsonl", "s", "a1"},
		{"/x/-srv-shop/s.jsonl", "../s", "a1"},
		{"/x/-srv-shop/s.jsonl", "s", "../a1"},
		{"/x/-srv-shop/s.jsonl", "..", "a1"},
		{"/x/-srv-shop/s.jsonl", "s", "a/b"},
		{"/x/-srv-shop/s.jsonl", "s", ""},
		{"/x/-srv-shop/s.jsonl", "", "a1"},
		{"/x/-srv-shop/s.jsonl", "s", "a\x00"},
		{"/x/a b/s.jsonl", "s", "a1"},
		{"/x/" + strings.Repeat("y", 5000) + "/s.jsonl", "s", "a1"},
	} {
		_, err := read(bad[0], bad[1], bad[2])
		require.ErrorIs(t, err, ErrNoSidecar, bad)
	}

	const transcript = "/x/-srv-shop/s.jsonl"
	_, err = read(transcript, "s", "none")
	require.ErrorIs(t, err, os.ErrNotExist)
	write("large", strings.Repeat(" ", maxFileLen)+"{}")
	_, err = read(transcript, "s", "large")
	require.ErrorContains(t, err, "bytes")

	outside := filepath.Join(t.TempDir(), "secret.json")
	require.NoError(t, os.WriteFile(outside, []byte(`{"agentType":"secret"}`), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "agent-link.meta.json")))
	_, err = read(transcript, "s", "link")
	require.Error(t, err, "a link is not followed")
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(projects, "-srv-link")))
	_, err = read("/x/-srv-link/s.jsonl", "s", "a1")
	require.Error(t, err, "nor one among the directories that leads elsewhere")
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "agent-pipe.meta.json"), 0o600))
	_, err = read(transcript, "s", "pipe")
	require.ErrorContains(t, err, "no regular file")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "agent-dir.meta.json"), 0o700))
	_, err = read(transcript, "s", "dir")
	require.Error(t, err)
}

func TestParseSidecar(t *testing.T) {
	for text, want := range map[string]Sidecar{
		`{"agentType":"x"}`: {Type: "x", Depth: -1},
		`{"agentType":"x","toolUseId":5,"parentAgentId":{},"spawnDepth":"2"}`:      {Type: "x", Depth: -1},
		`{"toolUseId":"c","spawnDepth":-7}`:                                        {Call: "c", Depth: -1},
		`{"toolUseId":"c","spawnDepth":null}`:                                      {Call: "c", Depth: -1},
		`{"toolUseId":"c","spawnDepth":0}`:                                         {Call: "c"},
		`{"toolUseId":"c","parentAgentId":"` + strings.Repeat("a", MaxID+1) + `"}`: {Call: "c", Depth: -1},
	} {
		got, err := ParseSidecar([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, bad := range []string{"", "{", "[]", "null", "{}", `{"agentType":""}`, `"x"`, strings.Repeat("[", 100_000)} {
		_, err := ParseSidecar([]byte(bad))
		require.Error(t, err)
	}
}

func FuzzParseSidecar(f *testing.F) {
	f.Add([]byte(`{"agentType":"Explore","description":"x","toolUseId":"toolu_1","parentAgentId":"a0","spawnDepth":2}`))
	f.Add([]byte(`{"agentType":"\ud800","spawnDepth":1e99}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ParseSidecar(raw)
		if err != nil {
			require.Zero(t, s)
			return
		}
		require.LessOrEqual(t, max(len(s.Type), len(s.Call), len(s.Parent)), MaxID)
		require.GreaterOrEqual(t, s.Depth, -1)
	})
}
