package alerts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

const (
	notifyType        = "notify" // of the exporters that are channels
	validateTimeout   = time.Minute
	maxConfigBytes    = 4 << 20
	maxValidateOutput = 1 << 20
	maxMessages       = 100
)

// configFile is a configuration of the collector as it stands.
type configFile struct {
	path string
	root yaml.Node
}

type configFiles []configFile

// readConfigs reads the files that the collector's arguments name.
func readConfigs(args []string) (configFiles, error) {
	var files configFiles
	for _, arg := range args {
		path, ok := strings.CutPrefix(arg, "--config=")
		if !ok {
			continue
		}
		path = strings.TrimPrefix(path, "file:")
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the collector's configuration: %w", err)
		}
		text, err := io.ReadAll(io.LimitReader(f, maxConfigBytes))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("read the collector's configuration: %w", err)
		}
		c := configFile{path: path}
		_ = yaml.Unmarshal(text, &c.root) // the collector says what is wrong with it
		files = append(files, c)
	}
	return files, nil
}

// channels are the names of the exporters that tell of alerts.
func (files configFiles) channels() []string {
	names := []string{}
	for _, f := range files {
		exporters := at(&f.root, "exporters")
		if exporters == nil || exporters.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(exporters.Content); i += 2 {
			name := exporters.Content[i].Value
			if kind, _, _ := strings.Cut(name, "/"); kind == notifyType && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// sections are how the collector names a part of its configuration.
var sections = regexp.MustCompile(`\b(exporters|receivers|processors|connectors|extensions|service)::([^\s:]+(?:::[^\s:]+)*)`)

// place finds the file and line of the part that a message names.
func (files configFiles) place(text string) Problem {
	m := sections.FindStringSubmatch(text)
	if m == nil {
		if len(files) > 0 {
			return Problem{File: files[0].path}
		}
		return Problem{}
	}
	path := append([]string{m[1]}, strings.Split(m[2], "::")...)
	_, rest, _ := strings.Cut(text, m[0]+": ")
	path = append(path, keysIn(rest)...)
	for _, f := range files {
		if at(&f.root, path[:2]...) == nil {
			continue
		}
		for n := len(path); n >= 2; n-- {
			if node := key(&f.root, path[:n]...); node != nil {
				return Problem{File: f.path, Line: node.Line}
			}
		}
	}
	if len(files) > 0 {
		return Problem{File: files[0].path}
	}
	return Problem{}
}

// unknownKeys is how the collector says that there is no such key.
var unknownKeys = regexp.MustCompile(`has invalid keys: ([\w.-]+)`)

// keysIn are the keys that a message begins with: email.host: must be set.
func keysIn(text string) []string {
	if m := unknownKeys.FindStringSubmatch(text); m != nil {
		return []string{m[1]}
	}
	keys, _, found := strings.Cut(text, ":")
	if keys = strings.Trim(keys, "'"); !found || strings.ContainsAny(keys, " \t") {
		return nil
	}
	return strings.FieldsFunc(keys, func(r rune) bool { return r == '.' })
}

// at is the value at a path of keys, or nil.
func at(n *yaml.Node, path ...string) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range path {
		_, n = entry(n, step)
		if n == nil {
			return nil
		}
	}
	return n
}

// key is the key at the end of a path, where a person looks for it.
func key(n *yaml.Node, path ...string) *yaml.Node {
	parent := at(n, path[:len(path)-1]...)
	if parent == nil {
		return nil
	}
	k, _ := entry(parent, path[len(path)-1])
	return k
}

func entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// validateConfig runs the collector's validate and returns what is wrong.
func validateConfig(ctx context.Context, c *supervise.Command) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, validateTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Path, append([]string{"validate"}, c.Args...)...) //nolint:gosec // the collector, as it is started
	cmd.Env, cmd.Dir = c.Env, c.Dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = nil, &limited{to: &out, left: maxValidateOutput}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("check the collector's configuration: %w", ctx.Err())
	case !errors.As(err, &exit):
		return nil, fmt.Errorf("run %s: %w", c.Path, err)
	}
	return messages(out.String()), nil
}

// ofSection is how the collector says in which part it could not read something.
var ofSection = regexp.MustCompile(`'(\w+)' error reading configuration for "([^"]+)"`)

// messages takes apart what the collector said: several faults on lines of their
// own, under headings when it could not read something.
func messages(text string) []string {
	var all []string
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, head := range []string{"Error: ", "failed to get config: ", "cannot unmarshal the configuration: ", "invalid configuration: "} {
			line = strings.TrimPrefix(line, head)
		}
		if m := ofSection.FindStringSubmatch(line); m != nil {
			section = m[1] + "::" + m[2] + ": "
			_, line, _ = strings.Cut(line, m[0]+": ")
		}
		if line == "" || strings.HasSuffix(line, "following error(s):") {
			continue
		}
		if line = section + line; !slices.Contains(all, line) && len(all) < maxMessages {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		all = []string{"the collector refuses the configuration and does not say why"}
	}
	return all
}

// limited takes the start of what is written.
type limited struct {
	to   io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.to.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
