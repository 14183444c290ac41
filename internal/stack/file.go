package stack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// FileName is the settings file in the state directory.
const FileName = "config.yaml"

// maxFile bounds a settings file, in bytes.
const maxFile = 64 << 10

// readFile returns the values of config.yaml by key; none when it is not there.
func readFile(home statedir.Dir) (map[string]string, error) {
	path := filepath.Join(string(home), FileName)
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("read settings: %s must be a regular file of at most %d KiB", path, maxFile>>10)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read settings: others can read or write %s: run `chmod 600 %s`", path, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	values, err := parseFile(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// parseFile reads the text of a settings file and names every key it does not
// know.
func parseFile(text []byte) (map[string]string, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, errors.New("must be a list of `key: value` lines")
	}
	values := map[string]string{}
	var faults []error
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, val := root.Content[i], root.Content[i+1]
		s, ok := lookup(key.Value)
		if !ok {
			faults = append(faults, fmt.Errorf("line %d: unknown key %q (known: %s)", key.Line, key.Value, strings.Join(keys(), ", ")))
			continue
		}
		if _, twice := values[s.key]; twice {
			faults = append(faults, fmt.Errorf("line %d: %s stands there twice", key.Line, s.key))
		}
		v, err := scalar(s, val)
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %s: %w", val.Line, s.key, err))
			continue
		}
		values[s.key] = v
	}
	return values, errors.Join(faults...)
}

func scalar(s setting, n *yaml.Node) (string, error) {
	if s.list != nil {
		var list []string
		if err := n.Decode(&list); err != nil {
			return "", errors.New("must be a list of names")
		}
		return strings.Join(list, ","), nil
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", errors.New("must be one value")
	}
	return n.Value, nil
}

func lookup(key string) (setting, bool) {
	for _, s := range settings {
		if s.key == key {
			return s, true
		}
	}
	return setting{}, false
}

func keys() []string {
	list := make([]string, 0, len(settings))
	for _, s := range settings {
		list = append(list, s.key)
	}
	return list
}
