package hookevent

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// Low-cardinality values of error.type.
const (
	errExitCode    = "exit_code"
	errInterrupted = "interrupted"
	errTimeout     = "timeout"
	errTool        = "tool_error"
	errDenied      = "permission_denied"
	errDecode      = "decode_error"
)

const maxErrorLine = 160

// errorText keeps the first line of a failed tool's error, which names the
// fault; what follows is the tool's output and is kept as size and hash only.
func errorText(v string) attribute.Value {
	first, rest, _ := strings.Cut(v, "\n")
	line, _ := redact.Text(oneLine(cut(first, maxErrorLine*4), maxErrorLine))
	if rest == "" && len(first) <= maxErrorLine {
		return attribute.StringValue(line)
	}
	return attribute.MapValue(attribute.String("first_line", line), attribute.KeyValue{Key: "whole", Value: digest(v)})
}

// exitCode reads the exit code out of "Exit code N…".
func exitCode(errText string) (int64, bool) {
	rest, ok := strings.CutPrefix(errText, "Exit code ")
	if !ok {
		return 0, false
	}
	end := 0
	for end < len(rest) && end < 10 && (rest[end] >= '0' && rest[end] <= '9' || end == 0 && rest[end] == '-') {
		end++
	}
	n, err := strconv.ParseInt(rest[:end], 10, 64)
	return n, err == nil
}

// errorType classifies what went wrong, or returns "".
func (p Payload) errorType() string {
	if p.Err != nil {
		return errDecode
	}
	switch p.HookEvent() {
	case "PostToolUseFailure":
		if yes, _ := truth(p.fields, "is_interrupt"); yes {
			return errInterrupted
		}
		if _, ok := exitCode(p.Text("error")); ok {
			return errExitCode
		}
		return errTool
	case "PermissionDenied":
		return errDenied
	case "StopFailure":
		kind, _ := redact.Text(oneLine(p.Text("error"), 64))
		return kind
	case "PostToolUse":
		if yes, _ := truth(p.response(), "interrupted"); yes {
			return errInterrupted
		}
		if _, timedOut := integer(p.response(), "timedOutAfterMs"); timedOut {
			return errTimeout
		}
	}
	return ""
}
