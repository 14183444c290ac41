package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestIntegrity(t *testing.T) {
	logs := recorded.Sessions(day.Add(time.Hour))
	segment := func(home statedir.Dir) string { return filepath.Join(home.Audit(), "00000000.jsonl") }
	change := func(t *testing.T, home statedir.Dir) {
		t.Helper()
		b, err := os.ReadFile(segment(home))
		require.NoError(t, err)
		require.Contains(t, string(b), "src/cart.go")
		require.NoError(t, os.WriteFile(segment(home), bytes.Replace(b, []byte("src/cart.go"), []byte("src/evil.go"), 1), 0o600))
	}
	t.Run("sound", func(t *testing.T) {
		r := build(t, options(t, newHome(t, logs...)))
		i := r.Integrity
		require.Equal(t, auditverify.NotAnchored, i.Verify.Verdict)
		require.False(t, i.Failed() || i.Unknown())
		require.Equal(t, i.Used, i.Proven)
		require.Equal(t, len(logs), i.Used)
		require.NotNil(t, i.Against)
	})
	t.Run("changed", func(t *testing.T) {
		home := newHome(t, logs...)
		change(t, home)
		r := build(t, options(t, home))
		require.Equal(t, auditverify.Tampered, r.Integrity.Verify.Verdict)
		require.True(t, r.Integrity.Failed())
		require.Zero(t, r.Integrity.Proven)
		require.NotEmpty(t, r.Integrity.Reason)
		require.NotZero(t, r.Summary.Events, "it is made all the same")
	})
	t.Run("no key", func(t *testing.T) {
		o := options(t, newHome(t, logs...))
		o.Verify, o.NoKey = auditverify.Options{}, "there is none"
		r := build(t, o)
		require.True(t, r.Integrity.Unknown())
		require.Equal(t, "there is none", r.Integrity.Error)
		require.Zero(t, r.Integrity.Proven)
	})
	t.Run("unreadable line", func(t *testing.T) {
		home := newHome(t, logs...)
		f, err := os.OpenFile(segment(home), os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = f.WriteString("garbage\n")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		r := build(t, options(t, home))
		require.NotEmpty(t, r.Audit.Damaged)
		require.True(t, r.Integrity.Failed())
	})
	t.Run("changed between reading and verifying", func(t *testing.T) {
		home := newHome(t, logs...)
		good, err := os.ReadFile(segment(home))
		require.NoError(t, err)
		change(t, home)
		o := options(t, home)
		b, err := newBuilder(o)
		require.NoError(t, err)
		defer b.found.close()
		defer b.result.Close()
		require.NoError(t, auditlog.Read(t.Context(), o.Audit, auditlog.Filter{}, func(e auditlog.Entry) error { return b.entry(&e) }))
		require.NoError(t, os.WriteFile(segment(home), good, 0o600)) // and back again
		require.NoError(t, b.integrity(t.Context()))
		i := b.result.Integrity
		require.Equal(t, auditverify.NotAnchored, i.Verify.Verdict, "the log is sound")
		require.True(t, i.Mismatch)
		require.True(t, i.Failed())
	})
}

func TestCaseFile(t *testing.T) {
	home := newHome(t, append(recorded.Sessions(day.Add(time.Hour)), acknowledgement(day.Add(9*time.Hour), "x", recorded.Shop, "ana", "", false))...)
	vkey := options(t, home).Verify.VKey
	o := CaseOptions{Audit: home.Audit(), Session: recorded.Shop[:8], Now: day.AddDate(0, 0, 1), By: "test", Verify: options(t, home).Verify}
	c, err := BuildCase(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, recorded.Shop, c.Session.ID)
	require.Equal(t, c.Integrity.Used, c.Integrity.Proven)
	require.Equal(t, c.Audit.Records, c.Integrity.Used)
	require.Equal(t, "first record", c.Proofs[0].Of)
	require.Equal(t, "last record", c.Proofs[len(c.Proofs)-1].Of)
	require.Len(t, c.Proofs, 2+c.Session.Alerts.Total())
	for _, p := range c.Proofs {
		proven, err := p.Proof.Check(vkey, "")
		require.NoError(t, err)
		require.Equal(t, p.Seq, proven.Seq)
		require.Contains(t, string(proven.Record), recorded.Shop)
	}
	var b bytes.Buffer
	require.NoError(t, c.WriteJSON(&b))
	var again CaseFile
	require.NoError(t, json.Unmarshal(b.Bytes(), &again))
	require.Len(t, again.Entries, len(c.Entries))
	require.Equal(t, c.Proofs, again.Proofs)

	o.Session = "nobody"
	_, err = BuildCase(t.Context(), o)
	require.ErrorIs(t, err, story.ErrNoSession)
}
