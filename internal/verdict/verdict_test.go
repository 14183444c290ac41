package verdict

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestRequestGoesThroughAContext(t *testing.T) {
	r := &Request{}
	ctx, cancel := context.WithCancel(With(t.Context(), r))
	defer cancel()
	require.Same(t, r, From(context.WithoutCancel(ctx)))
	_, ok := r.Get()
	require.False(t, ok)
	From(ctx).Set(Verdict{Decision: semconv.DecisionNone})
	v, ok := r.Get()
	require.True(t, ok)
	require.Equal(t, semconv.DecisionNone, v.Decision)
}

func TestTheStrictestAnswerStands(t *testing.T) {
	r := &Request{}
	var wg sync.WaitGroup
	for _, d := range []string{semconv.DecisionAsk, semconv.DecisionNone, semconv.DecisionDeny, semconv.DecisionAsk, semconv.DecisionNone} {
		wg.Go(func() { r.Set(Verdict{Decision: d, Rule: d}) })
	}
	wg.Wait()
	v, _ := r.Get()
	require.Equal(t, Verdict{Decision: semconv.DecisionDeny, Rule: semconv.DecisionDeny}, v)
}

func TestNoRequest(t *testing.T) {
	require.Nil(t, From(t.Context()))
	From(t.Context()).Set(Verdict{Decision: semconv.DecisionDeny})
	_, ok := From(t.Context()).Get()
	require.False(t, ok)
}

func TestTextsAreBounded(t *testing.T) {
	r := &Request{}
	r.Set(Verdict{Decision: semconv.DecisionDeny, Title: strings.Repeat("大", 1000)})
	v, _ := r.Get()
	require.LessOrEqual(t, len(v.Title), maxText)
	require.True(t, strings.HasPrefix(v.Title, "大"))
	require.NotContains(t, v.Title, "\ufffd")
}
