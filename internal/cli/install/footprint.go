package install

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// footprint remembers what an install made, so that an uninstall takes that
// away and nothing else. It lies in the state directory, one file per settings
// file.
type footprint struct {
	Settings    string   `json:"settings"`
	CreatedFile bool     `json:"created_file"`           // the settings file was missing
	CreatedDir  bool     `json:"created_dir"`            // its directory was missing
	EmptyBefore []string `json:"empty_before,omitempty"` // see claudesettings.Change
	Marker      string   `json:"marker,omitempty"`       // the marker file that we made
}

func footprintPath(home statedir.Dir, settings string) string {
	sum := sha256.Sum256([]byte(settings))
	return filepath.Join(home.Installs(), hex.EncodeToString(sum[:16])+".json")
}

// loadFootprint returns what is remembered of the settings file, and whether
// anything is.
func loadFootprint(home statedir.Dir, settings string) (footprint, bool, error) {
	f := footprint{Settings: settings}
	text, err := os.ReadFile(footprintPath(home, settings))
	if errors.Is(err, fs.ErrNotExist) {
		return f, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		return f, false, fmt.Errorf("read the record of the install: %w (remove %s if it is damaged)", err, footprintPath(home, settings))
	}
	return f, true, nil
}

// save writes the footprint in one step.
func (f footprint) save(home statedir.Dir) error {
	for _, dir := range []string{string(home), home.Installs()} {
		if err := statedir.Ensure(dir); err != nil {
			return fmt.Errorf("remember the install: %w", err)
		}
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("remember the install: %w", err)
	}
	path := footprintPath(home, f.Settings)
	tmp, err := writeTemp(home.Installs(), append(text, '\n'))
	if err != nil {
		return fmt.Errorf("remember the install: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return errors.Join(fmt.Errorf("remember the install: %w", err), os.Remove(tmp))
	}
	return nil
}

// forget removes the footprint.
func (f footprint) forget(home statedir.Dir) error {
	err := os.Remove(footprintPath(home, f.Settings))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the install: %w", err)
	}
	return nil
}

// writeTemp writes text, safe on disk, to a new file in dir that only its owner
// can read.
func writeTemp(dir string, text []byte) (path string, err error) {
	tmp, err := os.CreateTemp(dir, ".tmp-*") // 0600
	if err != nil {
		return "", fmt.Errorf("create temporary file: %w", err)
	}
	_, err = tmp.Write(text)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write temporary file: %w", err), os.Remove(tmp.Name()))
	}
	return tmp.Name(), nil
}
