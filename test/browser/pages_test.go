package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/page"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var day = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

// hostileID is the session in which the agent writes to whoever reads about it.
const hostileID = "bad00bad-aaaa-4bbb-8ccc-000000000003"

// attacks are texts that would like to be more than text.
var attacks = []string{
	`<script>document.title="owned"</script>`,
	`"><img src=x onerror=document.title='owned'>`,
	`</code></td></table></style></title><script>document.title='owned'</script>`,
	`javascript:document.title='owned'`,
	`{{.Script}} ${document.title='owned'} <!-- ]]>`,
	`'; document.title='owned'; //`,
	`<svg/onload=document.title='owned'><iframe srcdoc="<script>parent.document.title='owned'</script>">`,
	`<meta http-equiv=refresh content="0;url=https://owned.example/">`,
	`<link rel=stylesheet href=https://owned.example/x.css><base href=https://owned.example/>`,
	"\u202egnp.exe\u2066 \u200b\ufeff \x1b[2J\x1b]0;owned\x07 \x00 \u0300\u0301\u0302",
}

// hostile is a session of such texts, and of one that is very long.
func hostile(at time.Time) []plog.Logs {
	s := &recorded.Script{Session: hostileID, Project: `/home/dev/<b>shop</b>"onmouseover=alert(1)`, At: at}
	s.Hook("SessionStart", recorded.Fields{"source": attacks[0]})
	for _, a := range attacks {
		s.Prompt(a)
		s.BeginOutside("Bash", recorded.Fields{"command": a, "description": a}, recorded.Fields{"agent_id": a, "agent_type": a})
		s.Alert("critical", 90, a, a, a)
		s.Fail(nil, a, 10)
		s.BeginOutside("Write", recorded.Fields{"file_path": "/tmp/" + a, "content": "x"}, nil)
		s.End(nil, recorded.Fields{"type": "create", "filePath": "/tmp/" + a}, 3)
		s.Begin("WebFetch", recorded.Fields{"url": a, "prompt": a}, nil)
		s.Deny(nil, a)
	}
	s.BeginOutside("Bash", recorded.Fields{"command": "echo " + strings.Repeat("<b>W</b>", 1<<17)}, nil)
	s.Skip(3)
	s.End(nil, recorded.Fields{}, 1)
	return s.Logs
}

// home is a state directory with sessions of every kind.
func home(t *testing.T) statedir.Dir {
	t.Helper()
	dir := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	var all []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Events: 3000, Sessions: 20, Start: day, Span: 20 * time.Hour}).All() {
		all = append(all, ld)
	}
	all = append(all, recorded.Sessions(day.Add(9*time.Hour))...)
	all = append(all, hostile(day.Add(12*time.Hour))...)
	few := lineagetest.Large()
	few.Agents, few.Concurrent = 20, 5
	all = append(all, many(20, few, day.Add(13*time.Hour))...)
	all = append(all, many(500, lineagetest.Large(), day.Add(14*time.Hour))...)
	recorded.Audit(t, dir, together(append(all, acknowledgements(all)...))...)
	return dir
}

// together are the same records in larger requests, each of which is synced once.
func together(records []plog.Logs) []plog.Logs {
	var list []plog.Logs
	for i, ld := range records {
		if i%200 == 0 {
			list = append(list, plog.NewLogs())
		}
		ld.ResourceLogs().MoveAndAppendTo(list[len(list)-1].ResourceLogs())
	}
	return list
}

// acknowledgements are those of every third alert, by people and by the agent.
func acknowledgements(records []plog.Logs) []plog.Logs {
	var list []plog.Logs
	alerts := 0
	for _, ld := range records {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					id, isAlert := lr.Attributes().Get(semconv.AlertID)
					if alerts++; !isAlert || alerts%3 != 0 {
						continue
					}
					list = append(list, acknowledgement(lr.Timestamp().AsTime().Add(time.Duration(alerts)*time.Minute), id.Str(), len(list)))
				}
			}
		}
	}
	return list
}

func acknowledgement(at time.Time, alert string, n int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.Attributes().PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
	lr.Attributes().PutStr(semconv.EventID, "ack-"+alert)
	k := lr.Body().SetEmptyMap().PutEmptyMap(semconv.BodyAck)
	k.PutStr(semconv.AckBodyAlertID, alert)
	k.PutStr(semconv.AckBodyBy, []string{"ana", "ben", attacks[1]}[n%3])
	k.PutStr(semconv.AckBodyReason, []string{"the deploy script, as planned", "looked through with the author: a test of the backup, on a machine of its own", attacks[9]}[n%3])
	k.PutBool(semconv.AckBodyFromAgent, n%5 == 4)
	return ld
}

// tampered changes a record of a log.
func tampered(t *testing.T, dir statedir.Dir) statedir.Dir {
	t.Helper()
	segment := filepath.Join(dir.Audit(), "00000000.jsonl")
	b, err := os.ReadFile(segment)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(segment, bytes.Replace(b, []byte("src/cart.go"), []byte("src/evil.go"), 1), 0o600))
	return dir
}

func verifying(t *testing.T, dir statedir.Dir) auditverify.Options {
	t.Helper()
	vkey, file, err := auditkey.Read("", dir)
	require.NoError(t, err)
	return auditverify.Options{VKey: vkey, KeyFile: file, KeyLocal: true}
}

// written is a page in a file.
func written(t *testing.T, name string, b *bytes.Buffer) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	keep(t, name, b.Bytes())
	return path
}

// compliance writes the report of the day.
func compliance(t *testing.T, dir statedir.Dir, o page.Options) string {
	t.Helper()
	r, err := report.Build(t.Context(), report.Options{
		Audit: dir.Audit(), Since: day, Until: day.AddDate(0, 0, 1), Now: day.AddDate(0, 0, 2), By: "agent-telemetry test", Native: true, Verify: verifying(t, dir),
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	var b bytes.Buffer
	require.NoError(t, page.WriteReport(&b, r, o))
	return written(t, "report.html", &b)
}

// caseFile writes one session.
func caseFile(t *testing.T, dir statedir.Dir, id string, o page.Options) string {
	t.Helper()
	c, err := report.BuildCase(t.Context(), report.CaseOptions{
		Audit: dir.Audit(), Session: id, Now: day.AddDate(0, 0, 2), By: "agent-telemetry test", Verify: verifying(t, dir),
	})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, page.WriteSession(&b, c, o))
	return written(t, "session-"+id[:8]+".html", &b)
}
