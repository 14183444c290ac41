package auditlogreceiver

import (
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// tellFault tells why records that are in memory are read from disk.
func (r *auditReceiver) tellFault(w auditlog.Written) {
	if w.Fault != nil {
		r.logger.Error("Records could not be handed over in memory and are read from the audit log",
			zap.Uint64("first_seq", w.FirstSeq), zap.Int("records", w.Records), zap.Error(w.Fault))
	}
}
