package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// stage is a state directory with recorded sessions, on the second of December.
type stage struct {
	t    *testing.T
	home statedir.Dir
	tty  bool
}

func newStage(t *testing.T, more ...plog.Logs) *stage {
	t.Helper()
	t.Setenv("HOME", t.TempDir()) // no transcripts
	t.Chdir(t.TempDir())
	s := &stage{t: t, home: statedir.Dir(filepath.Join(t.TempDir(), "state"))}
	recorded.Audit(t, s.home, append(recorded.Sessions(noon), more...)...)
	return s
}

func (s *stage) run(args ...string) (out string, code int, err error) {
	s.t.Helper()
	var b bytes.Buffer
	f := &cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &b, Err: &bytes.Buffer{}, OutTTY: s.tty}, HomeFlag: string(s.home)}
	cmd := newCommand(&Options{Factory: f, Now: func() time.Time { return noon.AddDate(0, 0, 2) }})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(s.t.Context())
	var exit *cliio.ExitError
	if errors.As(err, &exit) {
		return b.String(), exit.Code, exit.Err
	}
	if err != nil {
		code = 1
	}
	return b.String(), code, err
}

func (s *stage) ok(args ...string) string {
	s.t.Helper()
	out, code, err := s.run(args...)
	require.NoError(s.t, err)
	require.Zero(s.t, code)
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(b)
}

func TestReportOfAMonth(t *testing.T) {
	s := newStage(t)
	out := s.ok("--from", "2026-11", "--to", "2026-11")
	const name = "agent-telemetry-report-2026-11-01_2026-11-30.html"
	require.Contains(t, out, name)
	require.Contains(t, out, "2 sessions")
	require.Contains(t, out, "! the audit log is consistent, but not anchored")
	page := read(t, name)
	require.Contains(t, page, "2026-11-01 00:00:00 to 2026-12-01 00:00:00 UTC")
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := filepath.Glob(".agent*")
	require.NoError(t, err)
	require.Empty(t, left)

	require.Contains(t, s.ok("--from", "2026-11", "--to", "2026-11", "--format", "pdf", "-o", "p.html"), "p.html")
	require.NotContains(t, read(t, "p.html"), "<script>")
	require.Contains(t, s.ok("--from", "2026-11-30", "--to", "2026-11-30", "--project", "shop", "-o", "-"), "project shop")

	require.Contains(t, s.ok("--format", "csv"), "agent-telemetry-report-")
	zips, err := filepath.Glob("*.zip")
	require.NoError(t, err)
	require.Len(t, zips, 1)
	z, err := zip.OpenReader(zips[0])
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.Len(t, z.File, len(report.TableNames()))

	var r report.Report
	require.NoError(t, json.Unmarshal([]byte(s.ok("--from", "7d", "--json")), &r))
	require.Equal(t, report.Format, r.Format)
	require.Equal(t, 2, r.Summary.Sessions)
	require.Positive(t, r.Coverage.Sequence.Missing, "a hole was recorded")
	require.Equal(t, r.Audit.Records, r.Integrity.Proven)
	table := s.ok("--table", "file_modifications")
	require.Contains(t, table, `"/home/dev/shop/src/cart.go"`)
	require.NotContains(t, table, "\x1b")
}

func TestReportOfASession(t *testing.T) {
	s := newStage(t)
	out := s.ok("--session", recorded.Shop[:8])
	name := "agent-telemetry-session-" + recorded.Shop + ".html"
	require.Contains(t, out, name)
	require.Contains(t, read(t, name), "Case")
	var c report.CaseFile
	require.NoError(t, json.Unmarshal([]byte(s.ok("--session", recorded.Shop, "--json")), &c))
	require.Equal(t, recorded.Shop, c.Session.ID)
	require.NotEmpty(t, c.Entries)
	require.Equal(t, c.Integrity.Used, c.Integrity.Proven)

	_, code, err := s.run("--session", "nobody")
	require.Equal(t, 1, code)
	require.ErrorContains(t, err, "agent-telemetry sessions")
	_, code, err = s.run("--session", recorded.Shop, "--from", "7d")
	require.Equal(t, exitUsage, code)
	require.ErrorContains(t, err, "--from")
	_, code, err = s.run("--session", recorded.Shop, "--format", "csv")
	require.Equal(t, exitUsage, code)
	require.ErrorContains(t, err, "timeline --csv")
}

// TestTampered: the report is written, says so in words at its top, and the exit code
// tells it from all others.
func TestTampered(t *testing.T) {
	s := newStage(t)
	segment := filepath.Join(s.home.Audit(), "00000000.jsonl")
	require.NoError(t, os.WriteFile(segment, bytes.ReplaceAll([]byte(read(t, segment)), []byte("src/cart.go"), []byte("src/evil.go")), 0o600))
	for _, args := range [][]string{{"--from", "7d"}, {"--session", recorded.Shop}} {
		out, code, err := s.run(append(args, "-o", "r.html")...)
		require.Equal(t, exitTampered, code)
		require.ErrorContains(t, err, "was changed after it was written")
		require.Contains(t, out, "r.html")
		page := read(t, "r.html")
		at := strings.Index(page, "The audit log was changed after it was written")
		require.Positive(t, at)
		require.Less(t, at, strings.Index(page, `id="summary"`))
		require.Contains(t, page, "src/evil.go")
	}
	var r report.Report
	out, code, _ := s.run("--from", "7d", "--json")
	require.Equal(t, exitTampered, code)
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, auditverify.Tampered, r.Integrity.Verify.Verdict)
}

func TestWithoutAKey(t *testing.T) {
	s := newStage(t)
	require.NoError(t, os.Remove(s.home.AuditPub()))
	_, code, err := s.run("--from", "7d", "-o", "r.html")
	require.Equal(t, exitUnverified, code)
	require.ErrorContains(t, err, "--key")
	require.Contains(t, read(t, "r.html"), "The audit log could not be verified")
	_, code, _ = s.run("--session", recorded.Shop, "-o", "s.html")
	require.Equal(t, exitUnverified, code)
	require.Contains(t, read(t, "s.html"), "The audit log could not be verified")
}

// TestAnchored: with a checkpoint that was kept elsewhere the log is verified.
func TestAnchored(t *testing.T) {
	s := newStage(t)
	home := statedir.Dir(t.TempDir())
	w, err := logfixture.New(logfixture.Options{Dir: home.Audit(), Start: noon, Step: time.Second})
	require.NoError(t, err)
	require.NoError(t, w.Lifecycle("start"))
	for i := range 50 {
		require.NoError(t, w.Event("s", i+1))
	}
	note, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	anchor, key := filepath.Join(t.TempDir(), "anchor"), filepath.Join(t.TempDir(), "audit.pub")
	require.NoError(t, os.WriteFile(anchor, note, 0o600))
	require.NoError(t, os.WriteFile(key, []byte(w.VKey+"\n"), 0o600))
	s.home = home
	out := s.ok("--from", "all", "--key", key, "--anchor", anchor, "-o", "r.html")
	require.Contains(t, out, "✓ the audit log is verified and anchored")
	page := read(t, "r.html")
	require.Contains(t, page, "The audit log is as it was written")
	require.Contains(t, page, "those that were seen outside of this host")
	require.NotContains(t, page, "on this host, where whoever")
}

func TestWrongUsage(t *testing.T) {
	s := newStage(t)
	for _, tt := range []struct {
		says string
		args []string
	}{
		{"--from", []string{"--from", "yesterday"}},
		{"a month like", []string{"--from", "2026-13"}},
		{"--to: lies before --from", []string{"--from", "2026-11-05", "--to", "2026-11-03"}},
		{"--format", []string{"--format", "docx"}},
		{"--table", []string{"--table", "secrets"}},
		{"--rows", []string{"--rows", "0"}},
		{"--with", []string{"--with", "loki"}},
		{"--witness", []string{"--witness", "/nonexistent"}},
		{"--tsa-ca", []string{"--tsa-ca", "/nonexistent"}},
		{"--receipts", []string{"--receipts", "x"}},
		{"--max-anchor-age", []string{"--max-anchor-age", "-1h"}},
	} {
		_, code, err := s.run(tt.args...)
		require.Equal(t, exitUsage, code, tt.args)
		require.ErrorContains(t, err, tt.says)
	}
	s.tty = true
	_, code, err := s.run("--format", "csv", "-o", "-")
	require.Equal(t, exitUsage, code)
	require.ErrorContains(t, err, "terminal")

	_, code, err = s.run("--audit", t.TempDir())
	require.Equal(t, 1, code)
	require.ErrorContains(t, err, "there is no audit log")
	_, code, err = s.run("--from", "7d", "-o", filepath.Join(t.TempDir(), "no", "dir.html"))
	require.Equal(t, 1, code)
	require.Error(t, err)
	require.NoError(t, os.Symlink("/dev/null", "link.html"))
	_, code, err = s.run("--from", "7d", "-o", "link.html")
	require.Equal(t, 1, code)
	require.ErrorContains(t, err, "no regular file")
	require.NoError(t, os.WriteFile("old.html", []byte("old"), 0o644))
	s.tty = false
	s.ok("--from", "7d", "-o", "old.html")
	info, err := os.Stat("old.html")
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestMoments(t *testing.T) {
	for _, tt := range []struct {
		text       string
		begin, end string
	}{
		{"2026-11-03", "2026-11-03T00:00:00Z", "2026-11-04T00:00:00Z"},
		{"2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"24h", "2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z"},
		{"2026-11-03T04:05:06Z", "2026-11-03T04:05:06Z", "2026-11-03T04:05:06Z"},
	} {
		begin, err := moment(tt.text, noon, false)
		require.NoError(t, err)
		end, err := moment(tt.text, noon, true)
		require.NoError(t, err)
		require.Equal(t, []string{tt.begin, tt.end}, []string{begin.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339)})
	}
}

// TestManyRows: what does not fit into the page is counted, and where it is is said.
func TestManyRows(t *testing.T) {
	var more []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Events: 3000, Sessions: 20, Start: noon.Add(-20 * time.Hour), Span: 10 * time.Hour}).All() {
		more = append(more, ld)
	}
	s := newStage(t, more...)
	s.ok("--from", "7d", "--rows", "5", "-o", "r.html")
	page := read(t, "r.html")
	require.Contains(t, page, "are in the JSON and the CSV of this report")
	var r report.Report
	require.NoError(t, json.Unmarshal([]byte(s.ok("--from", "7d", "--json")), &r))
	_, after, ok := strings.Cut(page, `id="files"`)
	require.True(t, ok)
	section, _, _ := strings.Cut(after, "</section>")
	require.Equal(t, 5, strings.Count(section, `<td role="cell" class="time">`))
	require.Greater(t, r.Tables.Modifications, 5)
}

// TestCompletion: a shell is offered the sessions there are.
func TestCompletion(t *testing.T) {
	s := newStage(t)
	f := &cliio.Factory{IO: &cliio.IO{}, HomeFlag: string(s.home)}
	o := &Options{Factory: f, Now: func() time.Time { return noon.AddDate(0, 0, 2) }}
	cmd := newCommand(o)
	offered, _ := o.completeSession(cmd, nil, "")
	require.Len(t, offered, 2)
	require.True(t, strings.HasPrefix(offered[0], recorded.Cart), "the newest first")
	offered, _ = o.completeSession(cmd, nil, recorded.Shop[:4])
	require.Len(t, offered, 1)
	f.HomeFlag = t.TempDir()
	offered, _ = o.completeSession(cmd, nil, "")
	require.Empty(t, offered)
}

// TestFileSafe: a session's id is text of a record, and no path.
func TestFileSafe(t *testing.T) {
	for in, want := range map[string]string{recorded.Shop: recorded.Shop, "../../etc/passwd": "______etc_passwd", "-rf": "rf", "a\x00b": "a_b", "": ""} {
		require.Equal(t, want, fileSafe(in))
	}
	require.Len(t, fileSafe(strings.Repeat("x", 1000)), 64)
}
