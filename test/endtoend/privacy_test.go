package endtoend

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Nothing that must not be kept lies in any file of the state directory, nor in
// Loki, whose chunks are compressed and are therefore asked.
func TestNothingPrivateIsKept(t *testing.T) {
	s := shared(t)
	sendAll(t, s)
	sent := len(payloads(t, s)) * 2
	awaitAudit(t, s, auditlog.Filter{Kind: auditlog.KindLog}, sent)
	awaitLoki(t, s, `{service="claude-telemetry"}`, sent)

	require.NotEmpty(t, filesWith(t, s, "cart.go"), "the search finds what is kept")
	require.NotEmpty(t, find(t, s, "cart.go"))
	for _, secret := range []string{hookfixtures.Sentinel, base64.StdEncoding.EncodeToString([]byte(hookfixtures.Sentinel))} {
		require.Empty(t, filesWith(t, s, secret))
		require.Empty(t, find(t, s, secret))
	}
}

// What is kept for a stopped collector is as clean as the rest.
func TestNothingPrivateIsSpooled(t *testing.T) {
	s := own(t)
	for _, f := range hookfixtures.All() {
		run(t, s, harness.Call{Payload: f.Payload(s.Project), ProjectDir: s.Project})
	}
	names, err := s.Spooled()
	require.NoError(t, err)
	require.Len(t, names, len(hookfixtures.All()))
	require.NotEmpty(t, filesWith(t, s, "cart.go"))
	require.Empty(t, filesWith(t, s, hookfixtures.Sentinel))
}

// Files and directories of the state are closed to others.
func TestStateIsPrivate(t *testing.T) {
	s := shared(t)
	run(t, s, harness.Call{Payload: hookfixtures.Named("files/read-pre").PayloadIn(s.Project, "modes"), ProjectDir: s.Project})
	err := filepath.WalkDir(string(s.Home), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return ignoreGone(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreGone(err)
		}
		if !inside(s.Home.Loki(), path) {
			require.Zero(t, info.Mode().Perm()&0o077, "%s is %s", path, info.Mode())
		}
		return nil
	})
	require.NoError(t, err)
	info, err := os.Stat(s.Home.Loki())
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077, "what Loki writes lies in a closed directory")
}

func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// ignoreGone: a running stack makes and removes files.
func ignoreGone(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// filesWith returns the files of the state directory that hold text.
func filesWith(t *testing.T, s *harness.Stack, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(string(s.Home), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return ignoreGone(err)
		}
		if bytes.Contains([]byte(path), []byte(text)) {
			found = append(found, path)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return ignoreGone(err)
		}
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// find asks Loki for text in lines, and in structured metadata and labels.
func find(t *testing.T, s *harness.Stack, text string) []harness.Entry {
	t.Helper()
	found, err := s.Query(t.Context(), `{service=~".+"} |= "`+text+`"`)
	require.NoError(t, err)
	all, err := s.Query(t.Context(), `{service=~".+"}`)
	require.NoError(t, err)
	for _, e := range all {
		for _, fields := range []map[string]string{e.Labels, e.Metadata} {
			for _, v := range fields {
				if bytes.Contains([]byte(v), []byte(text)) {
					found = append(found, e)
				}
			}
		}
	}
	return found
}
