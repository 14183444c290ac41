package report

import (
	"errors"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

func usage(err error) error { return &cliio.ExitError{Code: exitUsage, Err: err} }

// judged makes the exit code of what verifying the log came to.
func judged(i *report.Integrity) error {
	reason := i.Error
	if i.Verify != nil && reason == "" {
		reason = i.Verify.Reason
	}
	switch {
	case i.Mismatch && (i.Verify == nil || i.Verify.Verdict != auditverify.Tampered):
		return &cliio.ExitError{Code: exitTampered, Err: errors.New("the report is written, but its records are not those that were signed: " + i.Reason)}
	case i.Failed():
		return &cliio.ExitError{Code: exitTampered, Err: errors.New("the report is written, but the audit log was changed after it was written: " + reason + " (agent-telemetry verify tells more)")}
	case i.Unknown():
		return &cliio.ExitError{Code: exitUnverified, Err: errors.New("the report is written, but the audit log could not be verified: " + reason)}
	}
	return nil
}
