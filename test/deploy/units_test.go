// Package deploy_test holds the service files that are shipped to the programs
// that read them.
package deploy_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	unit  = filepath.Join("..", "..", "deploy", "systemd", "agent-telemetry.service")
	plist = filepath.Join("..", "..", "deploy", "launchd", "io.github.agent-telemetry.plist")
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// program finds one, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not on this machine", name)
	}
	return path
}

func TestSystemdUnderstandsTheUnit(t *testing.T) {
	analyze := program(t, "systemd-analyze")
	self, err := os.Executable()
	require.NoError(t, err)
	// systemd-analyze wants the program to be there.
	const installed = "%h/.local/bin/agent-telemetry"
	text := read(t, unit)
	require.Contains(t, text, installed)
	verify := func(text string) (string, error) {
		file := filepath.Join(t.TempDir(), filepath.Base(unit))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		cmd := exec.CommandContext(t.Context(), analyze, "--user", "verify", file)
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	text = strings.ReplaceAll(text, installed, self)
	out, err := verify(text)
	require.NoError(t, err, out)
	require.NotContains(t, out, filepath.Base(unit), "it has nothing to say about it")

	out, err = verify(strings.Replace(text, "KillMode=mixed", "KillMode=gentle", 1))
	require.Contains(t, out, "kill mode", "a fault would be found: %v", err)
}

func TestLaunchdReadsTheAgent(t *testing.T) {
	t.Run("well-formed", func(t *testing.T) {
		keys, values := map[string]string{}, xml.NewDecoder(strings.NewReader(read(t, plist)))
		key, element := "", ""
		for {
			token, err := values.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			switch token := token.(type) {
			case xml.StartElement:
				element = token.Name.Local
				if element == "true" || element == "false" {
					keys[key] += element
				}
			case xml.EndElement:
				element = ""
			case xml.CharData:
				switch text := string(token); element {
				case "key":
					require.NotContains(t, keys, text, "twice")
					key = text
				case "string", "integer":
					keys[key] = strings.TrimSpace(keys[key] + " " + text)
				}
			}
		}
		require.Equal(t, strings.TrimSuffix(filepath.Base(plist), ".plist"), keys["Label"])
		require.Equal(t, "true", keys["RunAtLoad"])
		require.Equal(t, "false", keys["SuccessfulExit"])
		require.Equal(t, "63", keys["Umask"])
		// Both managers run the same.
		_, command, _ := strings.Cut(read(t, unit), "\nExecStart=%h/")
		command, _, _ = strings.Cut(command, "\n")
		require.Equal(t, "/Users/YOU/"+command, keys["ProgramArguments"])
	})
	t.Run("plutil", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), program(t, "plutil"), "-lint", plist).CombinedOutput()
		require.NoError(t, err, string(out))
	})
}
