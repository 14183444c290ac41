package agentspan

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stamped gives records to the lineage processor, as the pipeline does.
func stamped(t testing.TB, list []plog.Logs) []plog.Logs {
	t.Helper()
	f := lineageprocessor.NewFactory()
	p, err := f.CreateLogs(t.Context(), processortest.NewNopSettings(f.Type()), f.CreateDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	for _, ld := range list {
		require.NoError(t, p.ConsumeLogs(provenance.OfOwner(context.Background()), ld))
	}
	return list
}

// A long session in which nearly everything happens, and a short one.
func TestRecordedSessions(t *testing.T) {
	b := newBench(t, Limits{})
	for _, ld := range stamped(t, recorded.Sessions(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))) {
		b.feed(flat(ld)...)
	}
	b.pass(time.Minute)
	b.pass(25 * time.Hour)
	require.NoError(t, b.store.Check())
	golden(t, "recorded.txt", tree(&b.store))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// tree draws spans below each other.
func tree(store *spantest.Store) string {
	var out strings.Builder
	below := map[string][]*spantest.Span{}
	for _, sp := range store.All() {
		below[fmt.Sprintf("%x", sp.TraceId)+sp.Parent()] = append(below[fmt.Sprintf("%x", sp.TraceId)+sp.Parent()], sp)
	}
	for _, list := range below {
		slices.SortFunc(list, func(a, b *spantest.Span) int {
			return cmp.Or(cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano), cmp.Compare(a.ID(), b.ID()))
		})
	}
	var draw func(sp *spantest.Span, from uint64, indent string)
	draw = func(sp *spantest.Span, from uint64, indent string) {
		failed := ""
		if sp.Failed() {
			failed = " failed"
		}
		offset := time.Duration(int64(sp.StartTimeUnixNano - from))
		fmt.Fprintf(&out, "%s%s %s at %s for %d ms%s\n", indent, sp.Name, sp.ID(), offset, sp.Millis(), failed)
		for _, k := range slices.Sorted(maps.Keys(sp.Attr)) {
			if k != "session.id" && k != "gen_ai.conversation.id" && k != "gen_ai.provider.name" && k != "gen_ai.tool.type" {
				fmt.Fprintf(&out, "%s  . %s=%q\n", indent, k, fmt.Sprint(sp.Attr[k]))
			}
		}
		for _, e := range sp.Events {
			var attrs []string
			for _, kv := range e.Attributes {
				attrs = append(attrs, fmt.Sprintf("%s=%q", kv.Key, fmt.Sprint(spantest.Value(kv.Value))))
			}
			slices.Sort(attrs)
			fmt.Fprintf(&out, "%s  ! %s at %s %s\n", indent, e.Name, time.Duration(int64(e.TimeUnixNano-from)), strings.Join(attrs, " "))
		}
		for _, l := range sp.Links {
			fmt.Fprintf(&out, "%s  ~ %x\n", indent, l.SpanId)
		}
		for _, child := range below[fmt.Sprintf("%x", sp.TraceId)+sp.ID()] {
			draw(child, from, indent+"    ")
		}
	}
	var roots []*spantest.Span
	for _, sp := range store.All() {
		if sp.Parent() == "" {
			roots = append(roots, sp)
		}
	}
	slices.SortFunc(roots, func(a, b *spantest.Span) int { return cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano) })
	for _, sp := range roots {
		fmt.Fprintf(&out, "trace %x of session %s\n", sp.TraceId, sp.Text("session.id"))
		draw(sp, sp.StartTimeUnixNano, "")
	}
	return out.String()
}
