package capture

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/rawfile"
)

// transcriptStart is how much of a transcript is searched: its first lines
// carry the version.
const transcriptStart = 32 << 10

// claudeVersion reads the CLI's version out of the start of the session's
// transcript; no payload carries it. The path comes from the payload: only a
// regular file named *.jsonl is opened, and only what looks like a version comes
// out of it.
func claudeVersion(transcript string) string {
	if !filepath.IsAbs(transcript) || filepath.Ext(transcript) != ".jsonl" {
		return ""
	}
	f, err := rawfile.Open(transcript, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW)
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // read only
	if f.Regular() != nil {
		return ""
	}
	raw, err := io.ReadAll(io.LimitReader(f, transcriptStart))
	if err != nil {
		return ""
	}
	_, rest, ok := bytes.Cut(raw, []byte(`"version":"`))
	if !ok {
		return ""
	}
	v, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok || len(v) == 0 || len(v) > 32 || v[0] < '0' || v[0] > '9' {
		return ""
	}
	for _, c := range v {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '-' && c != '+' {
			return ""
		}
	}
	return string(v)
}
