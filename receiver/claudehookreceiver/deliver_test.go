package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/multierr"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
)

func TestIsPermanentOnlyWhenEveryExporterSaysSo(t *testing.T) {
	later := errors.New("disk full")
	never := consumererror.NewPermanent(errors.New("never"))
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{later, false},
		{never, true},
		{fmt.Errorf("in the pipeline: %w", never), true},
		{errors.Join(later, never), false},
		{errors.Join(never, never), true},
		{multierr.Combine(never, later), false},
		{fmt.Errorf("fan out: %w", errors.Join(never, later)), false},
		{nil, false},
	} {
		require.Equal(t, tc.want, isPermanent(tc.err), "%v", tc.err)
	}
}

func TestPanicInThePipelineTakesNothingDown(t *testing.T) {
	s := newStage(t)
	good := s.consume
	ids := eventIDs(3)
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		for _, lr := range recordsOf(ld) {
			if id, _ := eventIDOf(lr); id == mustID(ids[1]) {
				panic("a poisonous record")
			}
		}
		return good(ctx, ld)
	}
	s.spool(ids...)
	s.start()
	for range 3 { // two events, and the record of the rejected one
		s.take()
	}
	s.spoolEmpties()
	require.Equal(t, http.StatusBadRequest, s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(event(ids[1]))).status)
	s.nothingMore()
}

func mustID(s string) eventID {
	lr := plog.NewLogRecord()
	lr.Attributes().PutStr("claude_code.event.id", s)
	id, _ := eventIDOf(lr)
	return id
}
