package endtoend

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// The queries that the product promises, as they are written there: each finds
// what the audit log says it must, and nothing else.
func TestPromisedQueries(t *testing.T) {
	s := shared(t)
	sendAll(t, s)
	session := hookfixtures.Named("files/read-pre").SessionID
	for query, wanted := range map[string]func(auditlog.Entry) bool{
		`{service="claude-telemetry"}`:                    func(auditlog.Entry) bool { return true },
		`{service="claude-telemetry", event="file_read"}`: func(e auditlog.Entry) bool { return e.Attribute(semconv.EventType) == "file_read" },
		`{service="claude-telemetry"} |~ "outside_project_scope.*true"`: func(e auditlog.Entry) bool {
			return e.Attributes[semconv.OutsideProject] == true
		},
		`{service="claude-telemetry", session="` + session + `"}`:     func(e auditlog.Entry) bool { return e.Attribute(semconv.SessionID) == session },
		`{service="claude-telemetry"} | session_id="` + session + `"`: func(e auditlog.Entry) bool { return e.Attribute(semconv.SessionID) == session },
	} {
		t.Run(query, func(t *testing.T) {
			want := map[string]int{}
			entries, err := s.Audit(t.Context(), auditlog.Filter{Kind: auditlog.KindLog})
			require.NoError(t, err)
			for _, e := range entries {
				if e.Resource[semconv.ServiceName] == semconv.ServiceNameValue && wanted(e) {
					want[e.Attribute(semconv.EventID)]++
				}
			}
			require.NotEmpty(t, want)
			await(t, query, func() error {
				found, err := s.Query(t.Context(), query)
				if err == nil && len(found) != len(want) {
					err = fmt.Errorf("%d entries, expected %d", len(found), len(want))
				}
				return err
			})
			plain, err := s.Query(t.Context(), query)
			require.NoError(t, err)
			require.Equal(t, want, eventIDs(plain))
			parsed, err := s.Query(t.Context(), query+" | json")
			require.NoError(t, err)
			require.Equal(t, want, eventIDs(parsed))
			for _, e := range parsed {
				require.Empty(t, e.Parsed["__error__"], e.Line)
				require.Empty(t, e.Labels["__error__"], e.Line)
				assert.Equal(t, e.Labels[semconv.LabelEvent], e.Parsed["event_type"])
			}
		})
	}
}
