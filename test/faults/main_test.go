package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Size of a run as a part of all tests; `make test-faults` makes a larger one.
const (
	sessions     = 20
	shortEvents  = 2000
	shortSeconds = 25
)

// patience is how long a test waits for what takes seconds.
const patience = 3 * time.Minute

func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real binaries and a real Loki: not with -short")
	}
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return n
}

// choices are what is left to chance in a run, by part, so that a seed repeats
// them however the parts interleave.
type choices struct{ seed uint64 }

func choose(t *testing.T) choices {
	t.Helper()
	c := choices{uint64(number(t, "SEED", int(time.Now().UnixNano()%1_000_000)))}
	say("SEED=%d", c.seed)
	return c
}

func (c choices) of(part uint64) *rand.Rand { return rand.New(rand.NewPCG(c.seed, part)) }

func say(format string, args ...any) {
	fmt.Fprintf(os.Stdout, "faults: "+format+"\n", args...)
}

// await polls until check has no error.
func await(t *testing.T, what string, check func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
	}
	t.Fatalf("waited %s for %s: %v", patience, what, err)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}
