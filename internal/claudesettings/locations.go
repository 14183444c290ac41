package claudesettings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Level is a place where Claude Code takes settings from. All levels' hooks
// run, not only those of the strongest.
type Level string

// The levels.
const (
	LevelManaged Level = "managed" // set by the machine's administrator
	LevelUser    Level = "user"    // ~/.claude/settings.json
	LevelProject Level = "project" // .claude/settings.json, meant to be committed
	LevelLocal   Level = "local"   // .claude/settings.local.json, not meant to be
)

// Locations are the places of the settings files.
type Locations struct {
	ManagedDir string // holds managed-settings.json and managed-settings.d
	UserDir    string // $CLAUDE_CONFIG_DIR, else ~/.claude
	ProjectDir string // "" when no project is looked at
}

// Locate returns this machine's and user's locations. projectDir may be "".
func Locate(projectDir string) (Locations, error) {
	l := Locations{ManagedDir: "/etc/claude-code", ProjectDir: projectDir}
	if runtime.GOOS == "darwin" {
		l.ManagedDir = "/Library/Application Support/ClaudeCode"
	}
	if l.UserDir = os.Getenv("CLAUDE_CONFIG_DIR"); l.UserDir != "" {
		abs, err := filepath.Abs(l.UserDir)
		if err != nil {
			return l, fmt.Errorf("resolve CLAUDE_CONFIG_DIR: %w", err)
		}
		l.UserDir = abs
		return l, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return l, errors.New("cannot find Claude Code's settings: set HOME or CLAUDE_CONFIG_DIR")
	}
	l.UserDir = filepath.Join(home, ".claude")
	return l, nil
}

// Path returns the settings file of a level, "" for a project's when there is
// no project. Managed settings have more files, see managedFiles.
func (l Locations) Path(level Level) string {
	switch level {
	case LevelManaged:
		return filepath.Join(l.ManagedDir, "managed-settings.json")
	case LevelUser:
		return filepath.Join(l.UserDir, "settings.json")
	}
	if l.ProjectDir == "" {
		return ""
	}
	if level == LevelLocal {
		return filepath.Join(l.ProjectDir, ".claude", "settings.local.json")
	}
	return filepath.Join(l.ProjectDir, ".claude", "settings.json")
}

// managedFiles returns every file of the managed settings that may exist.
func (l Locations) managedFiles() []string {
	files := []string{l.Path(LevelManaged)}
	more, err := filepath.Glob(filepath.Join(globEscape(l.ManagedDir), "managed-settings.d", "*.json"))
	if err != nil {
		return files
	}
	return append(files, more...)
}

func globEscape(dir string) string {
	out := make([]rune, 0, len(dir))
	for _, r := range dir {
		switch r {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
