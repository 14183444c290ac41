package lineage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Sidecar is what Claude Code writes of an agent beside its transcript.
type Sidecar struct {
	Type   string // of the agent
	Call   string // tool_use_id of the call that made it
	Parent string // the agent that called it; "" is the main one, when Depth is 0 or 1
	Depth  int    // -1: the file does not say
}

// maxTranscript is the longest path there is.
const maxTranscript = 4096

// ErrNoSidecar says that the names given are none that Claude Code would write.
var ErrNoSidecar = errors.New("no name of an agent's file")

// ReadSidecar reads the file of an agent: below projects, Claude Code's own directory,
// in the directory of the project, which transcript names, the session's main
// transcript or one of its agents'. What the names say has been sent by the agent's
// host process and is not believed: nothing outside of projects is opened, whatever
// links are in it, and nothing but a regular file of at most 64 KiB is read.
func ReadSidecar(projects *os.Root, transcript, session, agent string) (Sidecar, error) {
	name, err := sidecarName(transcript, session, agent)
	if err != nil {
		return Sidecar{}, err
	}
	f, err := projects.OpenFile(name, os.O_RDONLY|safefile.NoFollow, 0)
	if err != nil {
		return Sidecar{}, fmt.Errorf("read an agent's file: %w", err)
	}
	raw, err := readRegular(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return Sidecar{}, fmt.Errorf("read an agent's file: %w", err)
	}
	return ParseSidecar(raw)
}

func readRegular(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxFileLen:
		return nil, fmt.Errorf("it has more than %d bytes", maxFileLen)
	}
	return io.ReadAll(io.LimitReader(f, maxFileLen))
}

// sidecarName is <project>/<session>/subagents/agent-<id>.meta.json. The project is
// the directory that the session's transcript, or that of an agent, stands in.
func sidecarName(transcript, session, agent string) (string, error) {
	if !plain(session) || !plain(agent) || !path.IsAbs(transcript) || len(transcript) > maxTranscript || path.Ext(transcript) != ".jsonl" {
		return "", ErrNoSidecar
	}
	dir := path.Dir(path.Clean(transcript))
	if path.Base(dir) == "subagents" {
		dir = path.Dir(path.Dir(dir))
	}
	project := path.Base(dir)
	if !plain(project) {
		return "", ErrNoSidecar
	}
	return path.Join(project, session, "subagents", "agent-"+agent+".meta.json"), nil
}

// plain reports whether a name can be one part of a path, and nothing else.
func plain(name string) bool {
	if name == "" || len(name) > 255 || name == "." || name == ".." {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}) < 0
}

// ParseSidecar reads the content of an agent's file. Fields that it does not know, or
// that have another type, are passed over.
func ParseSidecar(raw []byte) (Sidecar, error) {
	var m map[string]json.RawMessage
	if len(raw) > maxFileLen {
		return Sidecar{}, fmt.Errorf("read an agent's file: it has more than %d bytes", maxFileLen)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return Sidecar{}, fmt.Errorf("read an agent's file: %w", err)
	}
	text := func(key string) (s string) {
		if json.Unmarshal(m[key], &s) != nil || len(s) > MaxID {
			return ""
		}
		return s
	}
	out := Sidecar{Type: text("agentType"), Call: text("toolUseId"), Parent: text("parentAgentId")}
	if out.Type == "" && out.Call == "" && out.Parent == "" {
		return Sidecar{}, errors.New("read an agent's file: it names neither a type nor a call nor a parent")
	}
	if string(m["spawnDepth"]) == "null" || json.Unmarshal(m["spawnDepth"], &out.Depth) != nil || out.Depth < 0 {
		out.Depth = -1
	}
	return out, nil
}
