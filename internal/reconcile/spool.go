package reconcile

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Bounds of the look at the spool.
const (
	maxSpoolFiles = 100_000
	maxSpoolFile  = 8 << 20
)

// spooled is what is needed of an event that waits.
type spooled struct {
	ResourceLogs []struct {
		ScopeLogs []struct {
			LogRecords []struct {
				Time       string `json:"timeUnixNano"`
				Attributes []struct {
					Key   string `json:"key"`
					Value struct {
						Text string `json:"stringValue"`
						Int  any    `json:"intValue"` // a string, or a number
					} `json:"value"`
				} `json:"attributes"`
			} `json:"logRecords"`
		} `json:"scopeLogs"`
	} `json:"resourceLogs"`
}

// ReadSpool takes in the events that wait in a spool directory; one that is not
// there is an empty one.
func (c *Collector) ReadSpool(dir string) error {
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only read
	names, err := d.Readdirnames(maxSpoolFiles)
	if err != nil && !errors.Is(err, io.EOF) { // which is how an empty directory ends
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, spool.Suffix) || strings.HasPrefix(name, spool.TempPrefix) {
			continue
		}
		raw, err := supervise.ReadFile(filepath.Join(dir, name), maxSpoolFile)
		if err != nil {
			continue // taken in the meantime, or no event: the receiver reports those
		}
		c.waiting(raw)
	}
	return nil
}

func (c *Collector) waiting(raw []byte) {
	var request spooled
	if json.Unmarshal(raw, &request) != nil {
		return
	}
	for _, rl := range request.ResourceLogs {
		for _, sl := range rl.ScopeLogs {
			for _, lr := range sl.LogRecords {
				var session string
				var seq uint64
				for _, a := range lr.Attributes {
					switch a.Key {
					case semconv.SessionID:
						session = a.Value.Text
					case semconv.SessionSeq:
						text, _ := a.Value.Int.(string)
						seq, _ = strconv.ParseUint(text, 10, 64) // 0 is none
					}
				}
				nanos, _ := strconv.ParseInt(lr.Time, 10, 64) // 0 sorts first
				c.Waiting(session, seq, time.Unix(0, nanos))
			}
		}
	}
}
