package story_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// TestBothSourcesTellTheSame reads the same sessions from the audit log and from a
// real Loki.
func TestBothSourcesTellTheSame(t *testing.T) {
	url, into := recorded.Loki(t)
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, recorded.Sessions(time.Now().Add(-3*time.Hour).UTC().Truncate(time.Second))...)
	recorded.ToLoki(t, home, into)
	client, err := lokiquery.FromEnv(url)
	require.NoError(t, err)
	loki, file := story.Loki(client.Fresh()), story.Audit(home.Audit())

	for _, id := range []string{recorded.Shop, recorded.Cart} {
		one, err := story.Load(t.Context(), file, story.Query{Session: id}, story.Limits{})
		require.NoError(t, err)
		other, err := story.Load(t.Context(), loki, story.Query{Session: id}, story.Limits{})
		require.NoError(t, err)
		require.Equal(t, "audit", one.Source)
		require.Equal(t, "loki", other.Source)
		// What Loki does not have.
		one.Session.Host = ""
		for i := range one.Entries {
			e := &one.Entries[i]
			e.Record = 0
			if e.Kind != story.KindAlert {
				if e.Tool == nil || len(e.Tool.Rules) > 0 {
					e.Severity = other.Entries[i].Severity
				}
			}
			if e.Tool != nil {
				e.Tool.Message, e.Tool.Rules, e.Tool.HashBefore = "", nil, ""
			}
		}
		for i := range other.Entries {
			if c := other.Entries[i].Tool; c != nil {
				c.HashBefore = ""
			}
		}
		require.Equal(t, told(t, one), told(t, other))
	}
	for _, q := range []story.Query{{}, {Project: "shop"}, {Project: "/home/dev/cart"}, {Session: recorded.Cart}} {
		one, err := story.Sessions(t.Context(), file, q)
		require.NoError(t, err)
		other, err := story.Sessions(t.Context(), loki, q)
		require.NoError(t, err)
		for i := range one.Sessions {
			one.Sessions[i].Host = ""
			one.Sessions[i].Claude = other.Sessions[i].Claude // the totals are read from attributes
		}
		require.Equal(t, one, other)
		require.NotEmpty(t, one.Sessions)
	}
	for _, source := range []story.Source{loki, file} {
		for prefix, want := range map[string]string{"": recorded.Cart, "5e": recorded.Shop, "c0ffee00-aaaa": recorded.Cart, recorded.Shop: recorded.Shop} {
			id, err := story.Find(t.Context(), source, story.Query{}, prefix)
			require.NoError(t, err)
			require.Equal(t, want, id, source.Name())
		}
		_, err := story.Find(t.Context(), source, story.Query{}, "ffff")
		require.ErrorIs(t, err, story.ErrNoSession)
		_, err = story.Find(t.Context(), source, story.Query{Project: "nowhere"}, "")
		require.ErrorIs(t, err, story.ErrNoSession)
		id, err := story.Find(t.Context(), source, story.Query{Project: "shop"}, "")
		require.NoError(t, err)
		require.Equal(t, recorded.Shop, id)
		_, err = story.Load(t.Context(), source, story.Query{Session: "ffff"}, story.Limits{})
		require.ErrorIs(t, err, story.ErrNoSession)
	}
}

// small is an audit log of many segments, and several sessions that begin alike.
func small(t *testing.T) (home statedir.Dir) {
	t.Helper()
	home = statedir.Dir(filepath.Join(t.TempDir(), "state"))
	require.NoError(t, home.Create())
	l, err := auditlog.Open(home.Audit(), auditlog.Options{SegmentMaxBytes: 64 << 10})
	require.NoError(t, err)
	var source []auditlog.Pending
	other := statedir.Dir(filepath.Join(t.TempDir(), "other"))
	recorded.Audit(t, other, recorded.Sessions(noon)...)
	require.NoError(t, auditlog.Read(t.Context(), other.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		source = append(source, auditlog.Pending{JSON: e.Line[strings.Index(string(e.Line), `"record":`)+9 : len(e.Line)-1]})
		return nil
	}))
	for day := range 20 {
		for _, p := range source {
			text := strings.ReplaceAll(string(p.JSON), "2026-01-15T", noon.AddDate(0, 0, day).Format("2006-01-02T"))
			text = strings.ReplaceAll(text, "5e551011-aaaa", "5e551011-"+string(rune('a'+day))+"aaa")
			text = strings.ReplaceAll(text, "c0ffee00-aaaa", "c0ffee"+string(rune('a'+day))+"0-aaaa")
			_, err := l.Append(t.Context(), auditlog.Pending{JSON: []byte(text)})
			require.NoError(t, err)
		}
	}
	require.NoError(t, l.Close())
	segments, err := auditlog.Segments(home.Audit())
	require.NoError(t, err)
	require.Greater(t, len(segments), 10)
	for _, s := range segments[:len(segments)-1] { // as if they had been written then
		require.NoError(t, os.Chtimes(s.Path, noon, noon))
	}
	return home
}

func TestManySegments(t *testing.T) {
	home := small(t)
	source := story.Audit(home.Audit())
	all, err := story.Sessions(t.Context(), source, story.Query{})
	require.NoError(t, err)
	require.Len(t, all.Sessions, 40)
	for i, s := range all.Sessions {
		want := map[bool]int{true: 1, false: 19}[strings.HasPrefix(s.ID, "c0ffee")]
		require.Equal(t, want, s.ToolCalls, "%d %s", i, s.ID)
		one, err := story.Load(t.Context(), source, story.Query{Session: s.ID}, story.Limits{})
		require.NoError(t, err)
		one.Session.Claude = ""
		require.Equal(t, one.Session, s, "the numbers of the list are those of the story")
	}
	// Of a part of the time the segments before are not read, and nothing is lost.
	from := noon.AddDate(0, 0, 17)
	part, err := story.Sessions(t.Context(), source, story.Query{From: from})
	require.NoError(t, err)
	require.Equal(t, all.Sessions[:6], part.Sessions)
	part, err = story.Sessions(t.Context(), source, story.Query{From: from, To: noon.AddDate(0, 0, 18)})
	require.NoError(t, err)
	require.Equal(t, all.Sessions[4:6], part.Sessions)

	_, err = story.Find(t.Context(), source, story.Query{}, "5e551011-")
	var several *story.AmbiguousError
	require.ErrorAs(t, err, &several)
	require.GreaterOrEqual(t, len(several.Sessions), 2)
	id, err := story.Find(t.Context(), source, story.Query{}, "5e551011-c")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(id, "5e551011-caaa"))
}

func TestDamagedLinesAreCounted(t *testing.T) {
	home := small(t)
	segments, err := auditlog.Segments(home.Audit())
	require.NoError(t, err)
	for _, s := range segments[2:4] {
		b, err := os.ReadFile(s.Path)
		require.NoError(t, err)
		lines := strings.SplitAfter(string(b), "\n")
		lines[3] = "{\"seq\":1,\x00\n"
		lines[5] = strings.Repeat("x", 17<<20) + "\n"
		require.NoError(t, os.WriteFile(s.Path, []byte(strings.Join(lines, "")+`{"seq":99,"record":{`), 0o600))
	}
	source := story.Audit(home.Audit())
	all, err := story.Sessions(t.Context(), source, story.Query{})
	require.NoError(t, err)
	require.Equal(t, 4, all.Damaged)
	require.Len(t, all.Sessions, 40)
	err = source.Events(t.Context(), story.Query{}, func(*story.Event) error { return nil })
	require.ErrorIs(t, err, auditlog.ErrCorrupt)
	require.ErrorContains(t, err, "agent-telemetry verify")
	s, err := story.Load(t.Context(), source, story.Query{Session: all.Sessions[0].ID}, story.Limits{})
	require.NoError(t, err)
	require.Equal(t, 2, s.Damaged, "lines that are too long; of the others it is not known whose they are")
}

func TestReadingEnds(t *testing.T) {
	source := story.Audit(small(t).Audit())
	stop := errors.New("stop")
	require.ErrorIs(t, source.Events(t.Context(), story.Query{}, func(*story.Event) error { return stop }), stop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := story.Sessions(ctx, source, story.Query{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = story.Find(ctx, source, story.Query{}, "5e")
	require.ErrorIs(t, err, context.Canceled)
	_, err = story.Find(t.Context(), story.Audit(filepath.Join(t.TempDir(), "none")), story.Query{}, "")
	require.ErrorIs(t, err, story.ErrNoSession)
}

// FuzzLine gives the reader lines that somebody else wrote. What it makes of them
// is bounded text.
func FuzzLine(f *testing.F) {
	for _, e := range lines(f) {
		f.Add(e)
	}
	f.Add([]byte(`{"seq":1,"record":{"kind":"log","resource":{"service.name":"claude-telemetry"},"attributes":{"session.id":"\ud800\u00e9\"\\","event.type":7},"body":[{"a":[[[`))
	f.Add([]byte(`{"seq":-1,"record":{}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, ok := story.FromAudit(auditlog.Entry{Line: line})
		if ok && e.Time.Year() < 10000 && e.Time.Year() >= 0 {
			b := story.NewBuilder(story.Limits{Events: 10, Text: 1000})
			b.Add(&e)
			b.Add(&e)
			_, err := json.Marshal(b.Story())
			require.NoError(t, err)
		}
		story.FromLoki(lokiquery.Entry{Line: string(line)})
	})
}

func lines(t testing.TB) (all [][]byte) {
	t.Helper()
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, recorded.Sessions(noon)...)
	require.NoError(t, auditlog.Read(t.Context(), home.Audit(), auditlog.Filter{}, func(e auditlog.Entry) error {
		all = append(all, e.Line)
		return nil
	}))
	return all
}
