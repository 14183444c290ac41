package witness

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// maxLogs is how many logs a witness may have.
const maxLogs = 10_000

// LogConfig is a log that the witness knows.
type LogConfig struct {
	// Origin is the log's origin line. Default: that of the audit log whose key it is.
	Origin string `yaml:"origin"`
	// Keys are verification keys of the log. Of an audit log's keys, which have an
	// epoch, the one of the newest epoch is where the witness starts.
	Keys []string `yaml:"keys"`
}

// pinned is a log's configuration, read.
type pinned struct {
	origin string
	fixed  []note.Verifier // keys that do not change
	epoch  uint64          // of vkey
	vkey   string          // "" when the log's keys do not change
}

// resolve reads and checks the configuration of a log.
func (c LogConfig) resolve() (pinned, error) {
	p := pinned{origin: c.Origin}
	if len(c.Keys) == 0 {
		return p, errors.New("keys: at least one is needed")
	}
	if len(c.Keys) > 16 {
		return p, errors.New("keys: more than 16")
	}
	for i, vkey := range c.Keys {
		vkey = strings.TrimSpace(vkey)
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return p, fmt.Errorf("keys[%d]: not a verification key (of an audit log: keys/audit.pub)", i)
		}
		origin, epoch, ok := auditlog.ParseKeyName(v.Name())
		if ok && p.origin == "" {
			p.origin = origin
		}
		switch {
		case ok && origin == p.origin:
			if p.vkey != "" && epoch == p.epoch && vkey != p.vkey {
				return p, fmt.Errorf("keys[%d]: another key of epoch %d", i, epoch)
			}
			if p.vkey == "" || epoch > p.epoch {
				p.vkey, p.epoch = vkey, epoch
			}
		case ok:
			return p, fmt.Errorf("keys[%d]: is a key of %s, not of %s", i, origin, p.origin)
		default:
			p.fixed = append(p.fixed, v)
		}
	}
	if !validOrigin(p.origin) {
		return p, errors.New("origin: must be set to the log's origin line")
	}
	return p, nil
}

func validOrigin(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsPrint(r)
	})
}
