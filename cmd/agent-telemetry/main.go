// Command agent-telemetry is the operator's tool: it installs the hooks, runs
// the collector and Loki, and looks at what they recorded.
package main

import (
	"os"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/root"
)

func main() {
	os.Exit(root.Main(cliio.System(), os.Args[1:]))
}
