package sendtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// What the hook of these tests does besides reading its payload.
const (
	envAudit = "SENDTEST_AUDIT" // anything: put the event into the audit log
	envLoki  = "SENDTEST_LOKI"  // a URL: tell the stand-in for Loki of the session
)

const eventID = "019a0a5d-ac96-774b-bcce-b302099a8057"

// The test binary is the tool and, beside it, the hook and the collector behind
// it: which one, its name tells.
func TestMain(m *testing.M) {
	var err error
	switch filepath.Base(os.Args[0]) {
	case "agent-telemetry":
		cmd := New(&cliio.Factory{IO: cliio.System(), HomeFlag: os.Getenv(statedir.EnvHome)})
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err = cmd.ExecuteContext(context.Background())
	case semconv.HookBinary:
		err = hook()
	default:
		os.Exit(m.Run())
	}
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, err)
	var exit *cliio.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.Code)
	}
	os.Exit(1)
}

func hook() error {
	var payload struct {
		Session string `json:"session_id"`
		Event   string `json:"hook_event_name"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&payload); err != nil {
		return err
	}
	home := statedir.Dir(os.Getenv(statedir.EnvHome))
	if want := []string{"--home", string(home), "--scope", semconv.InstallScopeUser}; strings.Join(os.Args[1:], " ") != strings.Join(want, " ") {
		return fmt.Errorf("arguments %q, not %q", os.Args[1:], want)
	}
	if os.Getenv(envAudit) != "" {
		if err := record(home, payload.Session, payload.Event); err != nil {
			return err
		}
	}
	if url := os.Getenv(envLoki); url != "" {
		resp, err := http.Post(url+"/push", "text/plain", strings.NewReader(payload.Session))
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	return nil
}

// record does what the collector does.
func record(home statedir.Dir, session, event string) error {
	l, err := auditlog.Open(home.Audit(), auditlog.Options{KeyDir: home.Keys()})
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{
		"kind": auditlog.KindLog, "time": time.Now().Format(time.RFC3339Nano), "resource": map[string]any{semconv.ServiceName: semconv.ServiceNameValue},
		"attributes": map[string]any{semconv.EventID: eventID, semconv.SessionID: session, semconv.HookEvent: event},
		"body":       map[string]any{"session_id": session, "note": "\u202eodd"},
	})
	if err == nil {
		_, err = l.Append(context.Background(), auditlog.Pending{JSON: text, EventID: eventID})
	}
	return errors.Join(err, l.Close())
}
