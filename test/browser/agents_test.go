package browser

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/page"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// manyID is the session in which n agents work.
func manyID(n int) string { return fmt.Sprintf("a%07d-aaaa-4bbb-8ccc-000000000004", n) }

var types = []string{"Explore", "general-purpose", "security-engineer", "quality-engineer", "technical-writer"}

// many are the records of a session of many agents, with the calls that agents make.
func many(seed uint64, shape lineagetest.Shape, at time.Time) []plog.Logs {
	session := lineagetest.Generate(seed, shape)
	w := &crowd{
		Script: &recorded.Script{Session: manyID(shape.Agents), Project: "/home/dev/shop", At: at, Step: time.Nanosecond},
		rnd:    rand.New(rand.NewPCG(seed, 1)),
		open:   map[string]recorded.Fields{}, calls: map[string]recorded.Fields{},
	}
	w.Hook("SessionStart", recorded.Fields{"source": "startup"})
	begin := session.Events[0].At
	prompt, last := "", at
	for _, e := range session.Events {
		w.At = at.Add(time.Duration(e.At - begin))
		if e.Prompt != prompt {
			if prompt != "" {
				now := w.At
				w.At = last
				w.Hook("Stop", nil)
				w.At = now
			}
			prompt = e.Prompt
			w.Prompt("Go on with part " + prompt)
		}
		last = w.At.Add(time.Millisecond)
		w.event(e)
	}
	w.Hook("Stop", nil)
	w.Hook("SessionEnd", recorded.Fields{"reason": "other"})
	return w.Logs
}

// crowd writes the records of agents.
type crowd struct {
	*recorded.Script
	rnd   *rand.Rand
	open  map[string]recorded.Fields // calls that are not over, by agent
	calls map[string]recorded.Fields // of agents, by their id
	stops map[string]int64           // the last ones of agents
}

func (w *crowd) event(e lineage.Event) {
	who := recorded.Fields{}
	if e.Agent != "" {
		who = recorded.Fields{"agent_id": e.Agent, "agent_type": named(e.Type)}
	}
	switch e.Kind {
	case lineage.Call:
		w.Begin("Agent", recorded.Fields{"description": "Look into " + e.Call[len(e.Call)-5:], "prompt": "x", "subagent_type": named(e.Asked)}, who)
		w.calls[e.Call] = w.Call()
	case lineage.Answer:
		if w.stops[e.Child] > e.At { // in the background
			w.End(w.calls[e.Call], recorded.Fields{"status": "async_launched", "agentId": e.Child, "isAsync": true}, 5)
			break
		}
		w.End(w.calls[e.Call], recorded.Fields{"status": "completed", "agentId": e.Child, "totalTokens": 900 + w.rnd.IntN(60_000)}, 100)
	case lineage.Failed:
		w.Fail(w.calls[e.Call], "interrupted", 100)
	case lineage.Denied:
		w.Deny(w.calls[e.Call], "The user does not want this")
	case lineage.Start:
		w.Hook("SubagentStart", who)
	case lineage.Stop:
		w.Hook("SubagentStop", who)
	case lineage.Other:
		w.tool(e.Agent, who, e.Call != "")
	case lineage.Notification:
	}
}

// tool begins a call, or ends the one that the agent has begun.
func (w *crowd) tool(agent string, who recorded.Fields, begins bool) {
	if !begins {
		switch n := w.rnd.IntN(20); {
		case w.open[agent] == nil:
		case n == 0:
			w.Fail(w.open[agent], "Exit code 1", 0)
		default:
			w.End(w.open[agent], recorded.Fields{}, 5+w.rnd.IntN(900))
		}
		delete(w.open, agent)
		return
	}
	file := fmt.Sprintf("/home/dev/shop/src/part%02d.go", w.rnd.IntN(40))
	switch w.rnd.IntN(6) {
	case 0:
		w.Begin("Bash", recorded.Fields{"command": "go test ./..."}, who)
	case 1:
		w.Begin("Edit", recorded.Fields{"file_path": file, "old_string": "a", "new_string": "b"}, who)
	case 2:
		w.Begin("WebFetch", recorded.Fields{"url": "https://pkg.go.dev/fmt", "prompt": "x"}, who)
	case 3:
		w.Begin("Grep", recorded.Fields{"pattern": "TODO", "path": "/home/dev/shop"}, who)
		if w.rnd.IntN(30) == 0 {
			w.Alert("high", 70, "odd-search", "Searches for secrets", "TODO")
		}
	default:
		w.Begin("Read", recorded.Fields{"file_path": file}, who)
	}
	w.open[agent] = w.Call()
}

func named(kind string) string {
	if kind == "" {
		return ""
	}
	return types[int(kind[len(kind)-1]-'0')%len(types)]
}

// gantt looks at the drawing of agents over time, where there is one.
func (b *browser) gantt(file string, width float64) {
	t := b.t
	if !eval[bool](b, `!!document.querySelector(".gantt")`) {
		return
	}
	require.Empty(t, eval[[]string](b, `(() => {
  const shown = [...document.querySelectorAll(".axis text")].filter(e => e.getClientRects().length).map(e => ({ text: e.textContent, r: e.getBoundingClientRect() }));
  const bad = shown.flatMap((a, i) => shown.slice(i + 1).filter(b => a.r.right + 2 > b.r.left && b.r.right + 2 > a.r.left).map(b => a.text + " over " + b.text));
  const axis = document.querySelector(".axis").getBoundingClientRect();
  return bad.concat(shown.filter(a => a.r.left < axis.left - 1 || a.r.right > axis.right + 1).map(a => a.text + " outside"));
})()`), "names of the axis")
	require.Positive(t, eval[int](b, `document.querySelectorAll(".axis text").length`))
	require.Empty(t, eval[[]string](b, `[...document.querySelectorAll("svg.track rect")].filter(r => {
  const v = ["x", "y", "width", "height"].map(n => Number(r.getAttribute(n)));
  return !(v[0] >= 0 && v[1] >= 0 && v[2] > 0 && v[3] > 0 && v[0] + v[2] <= 1000.01 && v[1] + v[3] <= 10.01);
}).map(r => r.outerHTML)`), "bars outside of their lane")
	place := eval[[]float64](b, `[document.querySelector("#gantt").getBoundingClientRect().top + scrollY, document.querySelector(".gantt").getBoundingClientRect().bottom + scrollY]`)
	beyond := true
	keep(t, file, call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond, Clip: &cdppage.Viewport{Y: max(place[0]-800, 0), Width: width, Height: min(place[1]-place[0], 1600) + 800, Scale: 1},
	}).Data)
}

// TestAgentsOfAReport: every agent has a row in the tree and a lane, in the same order,
// and every call is in a bar.
func TestAgentsOfAReport(t *testing.T) {
	b := open(t, caseFile(t, home(t), manyID(500), page.Options{}))
	count := func(selector string) int {
		return eval[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
	}
	rows := count(".agents tbody tr")
	require.GreaterOrEqual(t, rows, 500)
	require.Equal(t, rows, count(".gantt tbody tr:not(.turns)"))
	require.Greater(t, count(".gantt svg.track rect:not(.g-life):not(.g-line)"), 1000)
	require.True(t, eval[bool](b, `(() => {
  const first = s => [...document.querySelectorAll(s)].map(e => e.firstChild.textContent.trim());
  const a = first(".agents tbody th > div"), b = first(".gantt tbody tr:not(.turns) th > div");
  return a.length === b.length && a.every((x, i) => x === b[i]);
})()`), "the same agents in the same order")
	b.quiet()
}

// BenchmarkSessionOf500Agents is the report of such a session, out of a log that has
// nothing else: read, verified, proven, and written.
func BenchmarkSessionOf500Agents(b *testing.B) {
	dir := statedir.Dir(filepath.Join(b.TempDir(), "state"))
	recorded.Audit(b, dir, many(500, lineagetest.Large(), day)...)
	vkey, file, err := auditkey.Read("", dir)
	require.NoError(b, err)
	o := report.CaseOptions{Audit: dir.Audit(), Session: manyID(500), Now: day.AddDate(0, 0, 2), By: "test", Verify: auditverify.Options{VKey: vkey, KeyFile: file, KeyLocal: true}}
	for _, step := range []string{"build", "HTML"} {
		c, err := report.BuildCase(b.Context(), o)
		require.NoError(b, err)
		b.Run(step, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				switch step {
				case "build":
					_, err = report.BuildCase(b.Context(), o)
				default:
					var text bytes.Buffer
					err = page.WriteSession(&text, c, page.Options{})
					b.ReportMetric(float64(text.Len())/1e6, "MB")
				}
				require.NoError(b, err)
			}
			b.ReportMetric(float64(c.Audit.Records), "records")
		})
	}
}
