package claudesettings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Report is what is registered where.
type Report struct {
	ProjectDir string    `json:"project_dir,omitempty"`
	Marker     string    `json:"marker,omitempty"` // the file that makes the project a watched one
	Files      []FileUse `json:"files"`            // managed, user, project, local: those that exist
	Missing    []string  `json:"missing"`          // events registered nowhere
	Doubles    []Double  `json:"doubles"`          // recorded once all the same
	Problems   []Problem `json:"problems"`         // most important first
}

// FileUse is one settings file.
type FileUse struct {
	Level    Level    `json:"level"`
	Path     string   `json:"path"`
	Error    string   `json:"error,omitempty"` // why it could not be read
	Mode     Mode     `json:"mode,omitempty"`  // http when any event is posted; "" without hooks of ours
	Scope    string   `json:"scope,omitempty"` // what the hooks say their scope is
	Events   []string `json:"events"`          // with a hook of ours
	Binaries []string `json:"binaries"`        // hook programs
	URLs     []string `json:"urls"`            // where events are posted
	// Enforce is what its hooks do with a tool call that nobody judges; "" when they
	// ask for no verdicts.
	Enforce  enforcement.Mode `json:"enforce,omitempty"`
	handlers []found
	policy   policy
}

// Double is an event with more than one hook of ours.
type Double struct {
	Event  string  `json:"event"`
	Levels []Level `json:"levels"`
}

// Problem is a reason why hooks do not run or record less than expected.
type Problem struct {
	Code     string `json:"code"`     // fixed, for scripts
	Blocking bool   `json:"blocking"` // no event is recorded
	Message  string `json:"message"`
	Remedy   string `json:"remedy"`
}

// Installed reports whether any hook of ours is registered.
func (r Report) Installed() bool {
	return slices.ContainsFunc(r.Files, func(f FileUse) bool { return len(f.Events) > 0 })
}

// Watched reports whether events of the project are recorded: hooks are
// registered, and a marker or hooks of a wider scope make it a watched one.
func (r Report) Watched() bool {
	return slices.ContainsFunc(r.Files, func(f FileUse) bool {
		return len(f.Events) > 0 && (r.Marker != "" || f.Scope == semconv.InstallScopeUser || f.Scope == semconv.InstallScopeManaged)
	})
}

// Inspect reports on the settings that count in projectDir ("": only the
// user's and the managed ones) for the state directory home. Faults of the
// files are in the report; an error means that the user's own settings cannot
// be found at all.
func Inspect(projectDir, home string) (Report, error) {
	if projectDir != "" {
		abs, err := filepath.Abs(projectDir)
		if err != nil {
			return Report{}, fmt.Errorf("resolve project directory: %w", err)
		}
		projectDir = abs
	}
	l, err := Locate(projectDir)
	if err != nil {
		return Report{}, err
	}
	return l.Inspect(home), nil
}

// Inspect is the package's Inspect with locations of the caller's choice.
func (l Locations) Inspect(home string) Report {
	r := l.read()
	if l.ProjectDir != "" {
		r.Marker = FindMarker(l.ProjectDir)
	}
	r.count()
	r.judge(home)
	return r
}

// read looks at every settings file.
func (l Locations) read() Report {
	r := Report{
		ProjectDir: l.ProjectDir, Files: []FileUse{}, Missing: []string{},
		Doubles: []Double{}, Problems: []Problem{},
	}
	for _, path := range l.managedFiles() {
		r.look(LevelManaged, path)
	}
	for _, level := range []Level{LevelUser, LevelProject, LevelLocal} {
		path := l.Path(level)
		if path != "" && (level != LevelProject || path != l.Path(LevelUser)) {
			r.look(level, path)
		}
	}
	return r
}

// look adds the file at path when it exists.
func (r *Report) look(level Level, path string) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return
	}
	use := FileUse{Level: level, Path: path, Events: []string{}, Binaries: []string{}, URLs: []string{}}
	defer func() { r.Files = append(r.Files, use) }()
	f, err := Open(path)
	if err == nil {
		use.policy = readPolicy(f.Doc)
		use.handlers, err = walk(f.Doc)
	}
	if err != nil {
		use.Error = err.Error()
		return
	}
	for _, h := range use.handlers {
		use.Events = appendNew(use.Events, h.event)
		if h.event == semconv.HookPreToolUse {
			use.Enforce = stricter(use.Enforce, h.handler.enforce())
		}
		if h.handler.Type == "http" {
			use.Mode = ModeHTTP
			use.URLs = appendNew(use.URLs, h.handler.URL)
			use.Scope = h.handler.header(semconv.HeaderInstallScope, semconv.InstallScopeProject)
			continue
		}
		if use.Mode == "" {
			use.Mode = ModeCommand
		}
		use.Binaries = appendNew(use.Binaries, h.handler.Command)
		use.Scope = h.handler.flag("--scope", semconv.InstallScopeProject)
	}
}

// count fills Missing and Doubles.
func (r *Report) count() {
	levels := make(map[string][]Level)
	var order []string
	for _, f := range r.Files {
		for _, h := range f.handlers {
			levels[h.event] = append(levels[h.event], f.Level)
			order = appendNew(order, h.event)
		}
	}
	for _, e := range Events() {
		if len(levels[e.Name]) == 0 {
			r.Missing = append(r.Missing, e.Name)
		}
	}
	for _, event := range order {
		if len(levels[event]) > 1 {
			r.Doubles = append(r.Doubles, Double{Event: event, Levels: levels[event]})
		}
	}
}

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// FindMarker returns the file that makes dir a watched project, "" without one.
func FindMarker(dir string) string {
	for _, sub := range []string{"", "config", ".claude"} {
		path := filepath.Join(dir, sub, semconv.MarkerFile)
		if info, err := os.Lstat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}
