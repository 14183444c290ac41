package alerts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

const (
	processorType = "security_alert"
	// userRules is the user's own rule file, in the state directory, where the
	// collector's configuration names no other. It need not exist.
	userRules = "security-rules.yaml"
)

// rulePlaces are the files that the collector's rules are from; "" is none.
type rulePlaces struct {
	defaults string // in place of those that come with the program
	user     string // need not exist
}

// placesOfRules reads in the collector's configuration where it has its rules from.
func placesOfRules(f *cliio.Factory) (rulePlaces, error) {
	home, err := f.Home()
	if err != nil {
		return rulePlaces{}, fmt.Errorf("find the state directory: %w", err)
	}
	p := rulePlaces{user: filepath.Join(string(home), userRules)}
	config, err := stack.Current(home, nil)
	if err != nil {
		return p, fmt.Errorf("read the stack's settings: %w", err)
	}
	var args []string
	// The configuration that comes with the program names our defaults, and is not
	// written where nothing runs yet.
	if _, err := os.Stat(home.Run()); err == nil || config.CollectorConfig != "" {
		path, err := stack.CollectorConfigPath(config)
		if err != nil {
			return p, err
		}
		args = append(args, "--config="+path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return p, fmt.Errorf("find the collector's configuration: %w", err)
	}
	further, err := stack.FurtherCollectorConfigs(config)
	if err != nil {
		return p, err
	}
	for _, path := range further {
		args = append(args, "--config="+path)
	}
	files, err := readConfigs(args)
	if err != nil {
		return p, err
	}
	return p, files.rules(&p, variables(config.Environment()))
}

// rules sets what the files say of the processor's rules. What stands in a later
// file counts, as it does for the collector.
func (files configFiles) rules(p *rulePlaces, variable func(string) string) error {
	var names []string
	for _, f := range files {
		processors := at(&f.root, "processors")
		for i := 0; processors != nil && processors.Kind == yaml.MappingNode && i+1 < len(processors.Content); i += 2 {
			name := processors.Content[i].Value
			if kind, _, _ := strings.Cut(name, "/"); kind == processorType && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	name := slices.Min(names) // of several, that without a name behind the type
	for _, f := range files {
		for key, place := range map[string]*string{"rules_file": &p.defaults, "user_rules": &p.user} {
			value := at(&f.root, "processors", name, key)
			if value == nil || value.Kind != yaml.ScalarNode {
				continue
			}
			text := ""
			if value.Tag != "!!null" {
				text = expand(value.Value, variable)
			}
			if strings.Contains(text, "${") {
				return fmt.Errorf("%s:%d: %s: %s: only the collector knows what this stands for: write the path, or %s", f.path, value.Line, key, value.Value, "${env:NAME}")
			}
			*place = text
		}
	}
	return nil
}

// inEnvironment is how the collector's configuration names a variable:
// ${env:NAME:-default}.
var inEnvironment = regexp.MustCompile(`\$\{(?:env:)?([a-zA-Z_][a-zA-Z0-9_]*)(?::-([^}]*))?\}`)

func expand(text string, variable func(string) string) string {
	return inEnvironment.ReplaceAllStringFunc(text, func(found string) string {
		m := inEnvironment.FindStringSubmatch(found)
		if v := variable(m[1]); v != "" {
			return v
		}
		return m[2]
	})
}

// variables looks up what the collector is started with.
func variables(set []string) func(string) string {
	return func(name string) string {
		for _, kv := range set {
			if k, v, _ := strings.Cut(kv, "="); k == name {
				return v
			}
		}
		return os.Getenv(name)
	}
}
