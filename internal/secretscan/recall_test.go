package secretscan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan/secretcorpus"
)

// tally is a Report that counts.
type tally struct {
	rules      map[string]int
	unsearched []Reason
}

func (c *tally) Secrets(rule string, n int) {
	if c.rules == nil {
		c.rules = map[string]int{}
	}
	c.rules[rule] += n
}
func (c *tally) Unsearched(r Reason) { c.unsearched = append(c.unsearched, r) }

var loaded = func() *Scanner {
	s, err := New()
	if err != nil {
		panic(err)
	}
	return s
}()

// plain is text and everything in it that is base64, decoded.
func plain(text string) string {
	out := text
	decoded(text, func(inner string) string {
		out += "\n" + plain(inner)
		return inner
	})
	return out
}

// TestRecall holds that no secret of any kind is left in any place, and prints
// what was found.
func TestRecall(t *testing.T) {
	redact.UseKey(filepath.Join(t.TempDir(), "redaction.key"))
	t.Cleanup(func() { redact.UseKey("") })
	kinds := secretcorpus.Kinds()
	require.GreaterOrEqual(t, len(kinds), 40)
	samples, found := 0, 0
	for _, kind := range kinds {
		var missed []string
		for _, sample := range kind.Samples() {
			samples++
			require.Contains(t, plain(sample.Text), kind.Secret, "%s in %s: the sample holds it", kind.Name, sample.Place)
			report := &tally{}
			clean := loaded.Clean(context.Background(), sample.Text, Text, report)
			if left := strings.Contains(plain(clean), kind.Secret); left || len(report.rules) == 0 {
				missed = append(missed, sample.Place)
				continue
			}
			found++
			require.Empty(t, report.unsearched)
			again := loaded.Clean(context.Background(), clean, Text, &tally{})
			require.Equal(t, clean, again, "%s in %s: nothing is left to find", kind.Name, sample.Place)
		}
		if len(missed) > 0 {
			t.Errorf("%s (%s): missed in %s", kind.Name, kind.Secret, strings.Join(missed, ", "))
		}
	}
	fmt.Fprintf(os.Stdout, "RESULT secret_kinds=%d secret_samples=%d secret_recall=%.3f\n", len(kinds), samples, float64(found)/float64(samples))
}
