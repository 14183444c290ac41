// Package installs reads the notes that `agent-telemetry install` leaves in the
// state directory: in which settings files of Claude Code hooks were registered.
package installs

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Max bounds the notes that are read.
const Max = 100

const (
	maxNames = 10_000
	maxBytes = 64 << 10
	maxPath  = 4096
)

// Install is one of them.
type Install struct {
	Settings string // the settings file
	Project  string // the directory that it is of; "" for the user's own settings
}

// List returns what there are notes of, Max at most, in the order of their
// settings files. A note that cannot be read is left out: who can write there can
// remove it as well.
func List(home statedir.Dir) []Install {
	dir, err := os.OpenFile(home.Installs(), os.O_RDONLY|safefile.NoFollow, 0)
	if err != nil {
		return nil
	}
	defer dir.Close()                      //nolint:errcheck // only read
	names, _ := dir.Readdirnames(maxNames) // what could be read counts
	slices.Sort(names)
	user := ""
	if l, err := claudesettings.Locate(""); err == nil {
		user = filepath.Clean(l.UserDir)
	}
	var list []Install
	for _, name := range names {
		if !strings.HasSuffix(name, ".json") || len(list) == Max {
			continue
		}
		if settings := settingsOf(filepath.Join(home.Installs(), name)); settings != "" {
			list = append(list, Install{Settings: settings, Project: projectOf(settings, user)})
		}
	}
	slices.SortFunc(list, func(a, b Install) int { return strings.Compare(a.Settings, b.Settings) })
	return list
}

// settingsOf is the settings file that a note names; "" when it cannot be read.
func settingsOf(note string) string {
	f, err := safefile.Open(note, os.O_RDONLY)
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // only read
	var n struct {
		Settings string `json:"settings"`
	}
	if json.NewDecoder(io.LimitReader(f, maxBytes)).Decode(&n) != nil || !filepath.IsAbs(n.Settings) || len(n.Settings) > maxPath {
		return ""
	}
	return filepath.Clean(n.Settings)
}

func projectOf(settings, user string) string {
	dir := filepath.Dir(settings)
	if dir == user || filepath.Base(dir) != ".claude" {
		return ""
	}
	return filepath.Dir(dir)
}
