package lokimatch

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

func TestKeys(t *testing.T) {
	at := time.Unix(1, 2)
	require.Equal(t, KeyOf("id", at, "line"), KeyOf("id", at.Add(1), "another line"), "the id alone")
	require.NotEqual(t, KeyOf("", at, "line"), KeyOf("", at.Add(1), "line"))
	require.NotEqual(t, KeyOf("", at, "line"), KeyOf("", at, "another line"))
	require.Equal(t, KeyOf("id", at, ""), KeyOfEntry(&lokiquery.Entry{Metadata: map[string]string{"event_id": "id"}}))
	require.Equal(t, KeyOf("", at, "line"), KeyOfEntry(&lokiquery.Entry{Time: at, Line: "line"}))
	require.NotEqual(t, Sum(at, "line"), Sum(at, "lime"))
}

func TestSelectors(t *testing.T) {
	require.Equal(t, Selector{"service", "s"}, SelectorOf(map[string]string{"a": "b", "service": "s"}))
	require.Equal(t, Selector{"b", "c"}, SelectorOf(map[string]string{"c": "d", "b": "c", "a": ""}))
	require.Equal(t, Selector{}, SelectorOf(nil))
	require.Equal(t, `{service="a\"b"}`, Selector{"service", `a"b`}.Query().String())
}
