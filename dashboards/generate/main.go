// Command generate writes the Grafana dashboards as JSON into a directory: the
// working directory, or the one that is named.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/boards"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := write(dir); err != nil {
		fmt.Fprintln(os.Stderr, "generate dashboards:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func write(dir string) error {
	all := boards.All()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d, err := all[name].Build()
		if err != nil {
			return err
		}
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false) // people read the queries
		enc.SetIndent("", "  ")
		if err := enc.Encode(d); err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o644); err != nil { //nolint:gosec // everybody may read a dashboard
			return fmt.Errorf("write dashboard: %w", err)
		}
	}
	return nil
}
