package stack

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Log returns the file that takes the output of a background process.
func Log(home statedir.Dir, role supervise.Role) string {
	return filepath.Join(home.Logs(), string(role)+".log")
}

// CollectorRuntime are the variables of the Go runtime and the SDK that the collector gets.
// Those that pass_env names win.
//
// GOGC has the garbage of what is larger than the target of the heap_target extension
// collected more often than by default: under load most of what the collector has in
// memory is garbage.
//
// GOMAXPROCS is one more than by default, where CollectorTimerSlack counts: of the threads
// that run Go, one is mostly in a sync, and with the slack it is later that another takes
// its place. With GOMAXPROCS set, Go does not follow a limit of processors that changes
// while the collector runs; it does with pass_env: [GOMAXPROCS] and an empty value.
//
// Without the exemplar filter the collector's metrics about itself would look for a span at
// each count: it makes no spans of itself. The connectors' exemplars are their own.
func CollectorRuntime() []string {
	env := []string{"GOGC=35", "OTEL_METRICS_EXEMPLAR_FILTER=always_off"}
	if runtime.GOOS == "linux" {
		env = append(env, "GOMAXPROCS="+strconv.Itoa(runtime.GOMAXPROCS(0)+1))
	}
	return env
}

// CollectorTimerSlack lets the collector's threads sleep for longer than Go asks for: none
// of its timers has to be exact to a millisecond. See docs/decisions.md.
const CollectorTimerSlack = time.Millisecond

// CollectorCommand is how the collector is run.
func CollectorCommand(c *Config) (*supervise.Command, error) {
	bin, err := FindCollector(c)
	if err != nil {
		return nil, err
	}
	conf, err := CollectorConfigPath(c)
	if err != nil {
		return nil, err
	}
	further, err := FurtherCollectorConfigs(c)
	if err != nil {
		return nil, err
	}
	args := []string{"--config=file:" + conf}
	for _, path := range further {
		args = append(args, "--config=file:"+path)
	}
	env := append(baseEnvironment(os.LookupEnv), c.Environment()...)
	env = append(env, CollectorRuntime()...)
	for _, name := range c.PassEnv {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return &supervise.Command{
		Path: bin, Args: args, Env: env,
		Dir: string(c.Home), Log: Log(c.Home, supervise.Collector), TimerSlack: CollectorTimerSlack,
	}, nil
}

// lokiMemory is the soft memory limit that held a week's load; more only makes
// the garbage collector lazier.
const lokiMemory = "GOMEMLIMIT=1536MiB"

// LokiCommand is how our own Loki is run. The error is ErrNoLoki when there is
// no program for it.
func LokiCommand(ctx context.Context, c *Config) (*supervise.Command, error) {
	l, err := FindLoki(ctx, c)
	if err != nil {
		return nil, err
	}
	conf, err := LokiConfigPath(c)
	if err != nil {
		return nil, err
	}
	if err := statedir.Ensure(c.LokiDir); err != nil {
		return nil, err
	}
	env := append(baseEnvironment(os.LookupEnv), c.Environment()...)
	env = append(env, lokiMemory)
	if v := os.Getenv(semconv.EnvLokiRetention); v != "" {
		env = append(env, semconv.EnvLokiRetention+"="+v)
	}
	return &supervise.Command{
		Path: l.Path, Args: []string{"-config.file=" + conf, "-config.expand-env=true"}, Env: env,
		Dir: c.LokiDir, Log: Log(c.Home, supervise.Loki),
	}, nil
}

// SupervisorEnvironment is the environment of the supervisor, which hands it on.
func SupervisorEnvironment(c *Config) []string {
	env := append(baseEnvironment(os.LookupEnv), statedir.EnvHome+"="+string(c.Home))
	for _, name := range append([]string{semconv.EnvLokiRetention, semconv.EnvGrafanaWebhook}, c.PassEnv...) {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
