package endtoend

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// The stack that tests share which do not disturb it.
var (
	sharedOnce  sync.Once
	sharedStack *harness.Stack
	errShared   error
)

func TestMain(m *testing.M) {
	code := m.Run()
	if sharedStack != nil {
		if err := sharedStack.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "take the shared stack down:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// shared returns the shared stack, running.
func shared(t *testing.T) *harness.Stack {
	t.Helper()
	notShort(t)
	sharedOnce.Do(func() {
		if sharedStack, errShared = harness.New(); errShared != nil {
			return
		}
		_, errShared = sharedStack.Up(context.Background())
	})
	require.NoError(t, errShared)
	return sharedStack
}

// own returns a stack of the test's own, not started yet; it is taken down at
// the test's end.
func own(t *testing.T) *harness.Stack {
	t.Helper()
	notShort(t)
	s, err := harness.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real binaries and a real Loki: not with -short")
	}
}

// patience is how long a test waits for what should take less than a second, on
// a machine that may be busy.
const patience = 30 * time.Second

// impatient is set once a test has waited in vain: where one thing is broken,
// the tests behind it shall not wait half a minute each.
var impatient atomic.Bool

func deadline() time.Time {
	if impatient.Load() {
		return time.Now().Add(patience / 10)
	}
	return time.Now().Add(patience)
}

// await repeats check until it returns no error.
func await(t *testing.T, what string, check func() error) {
	t.Helper()
	until := deadline()
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(until) {
			impatient.Store(true)
			t.Fatalf("%s: waited in vain: %v", what, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// awaitAudit waits until the audit log holds n records of the filter's choice,
// alerts not counted, and returns them.
func awaitAudit(t *testing.T, s *harness.Stack, filter auditlog.Filter, n int) []auditlog.Entry {
	t.Helper()
	var list []auditlog.Entry
	await(t, "audit log", func() (err error) {
		list, err = s.Events(t.Context(), filter)
		return enough(len(list), n, err)
	})
	return list
}

// awaitLoki waits until a query finds n entries, and returns them.
func awaitLoki(t *testing.T, s *harness.Stack, query string, n int) []harness.Entry {
	t.Helper()
	var list []harness.Entry
	await(t, query, func() (err error) {
		list, err = s.Query(t.Context(), query)
		return enough(len(list), n, err)
	})
	return list
}

func enough(got, want int, err error) error {
	if err == nil && got < want {
		err = fmt.Errorf("%d of %d", got, want)
	}
	return err
}

// run calls the hook as a command and requires that Claude Code notices nothing.
func run(t testing.TB, s *harness.Stack, c harness.Call) harness.Outcome {
	t.Helper()
	o, err := s.Run(t.Context(), c)
	require.NoError(t, err)
	require.NoError(t, o.Silent())
	return o
}

// post calls the hook over HTTP and requires the same.
func post(t testing.TB, s *harness.Stack, c harness.Call) harness.Outcome {
	t.Helper()
	o, err := s.Post(t.Context(), c)
	require.NoError(t, err)
	require.NoError(t, o.Silent())
	return o
}

// eventIDs counts the event ids of Loki's entries.
func eventIDs(list []harness.Entry) map[string]int {
	ids := map[string]int{}
	for _, e := range list {
		ids[e.Metadata["event_id"]]++
	}
	return ids
}
