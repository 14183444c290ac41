package alerts

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// ruleSources are the rules of the collector, as its configuration names them:
// those that come with the program and the user's, and further files of the user.
func ruleSources(f *cliio.Factory, further []string) ([]detection.Source, error) {
	places, err := placesOfRules(f)
	if err != nil {
		return nil, err
	}
	sources := []detection.Source{detection.Defaults()}
	if places.defaults != "" {
		text, err := readRules(places.defaults)
		if err != nil {
			return nil, err
		}
		sources = []detection.Source{{Name: places.defaults, Data: text}}
	}
	if places.user != "" {
		text, err := readRules(places.user)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			sources = append(sources, detection.Source{Name: places.user, Data: text, User: true})
		}
	}
	for _, path := range further {
		text, err := readRules(path)
		if err != nil {
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
