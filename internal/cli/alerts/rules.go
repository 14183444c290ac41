package alerts

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// userRules is the user's own rule file, in the state directory. It need not exist.
const userRules = "security-rules.yaml"

// ruleSources are the rules that come with the program, the user's in the state
// directory, and further files of the user.
func ruleSources(f *cliio.Factory, further []string) ([]detection.Source, error) {
	sources := []detection.Source{detection.Defaults()}
	home, err := f.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
	}
	own := filepath.Join(string(home), userRules)
	text, err := readRules(own)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		sources = append(sources, detection.Source{Name: own, Data: text, User: true})
	}
	for _, path := range further {
		if text, err = readRules(path); err != nil {
			return nil, err
		}
		sources = append(sources, detection.Source{Name: path, Data: text, User: true})
	}
	return sources, nil
}

// readRules reads a rule file. One that is too long is cut behind the length at
// which Load refuses it.
func readRules(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(file, detection.MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return text, nil
}

// loadRules returns the rules, or an error with every fault and its line.
func loadRules(f *cliio.Factory, further []string) (*detection.Ruleset, error) {
	sources, err := ruleSources(f, further)
	if err != nil {
		return nil, err
	}
	rules, faults := detection.Load(sources...)
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("the rules have faults:\n%w", err)
	}
	return rules, nil
}
