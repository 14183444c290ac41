package root

import (
	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/agents"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/alerts"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/events"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/export"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/install"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/prove"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/query"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/replay"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/report"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/sendtest"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/sessions"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/stackcmd"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timeline"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/verify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/watch"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/witness"
)

// group is a heading of the help text with the commands under it.
type group struct {
	id, title string
	commands  []*cobra.Command
}

// commands lists every command of the program. A new command is added here.
func commands(f *cliio.Factory) []group {
	return []group{
		{id: "setup", title: "Set up:", commands: []*cobra.Command{
			install.NewInstall(f), install.NewUninstall(f),
			stackcmd.NewUp(f), stackcmd.NewDown(f), stackcmd.NewRestart(f),
		}},
		{id: "look", title: "Look:", commands: []*cobra.Command{events.New(f), watch.New(f), alerts.New(f), sessions.New(f), timeline.New(f), agents.New(f), query.New(f)}},
		{id: "check", title: "Check:", commands: []*cobra.Command{
			stackcmd.NewStatus(f), stackcmd.NewDoctor(f), sendtest.New(f), reconcile.New(f),
		}},
		{id: "keep", title: "Prove and keep:", commands: []*cobra.Command{verify.New(f), prove.New(f), replay.New(f), export.New(f), report.New(f), witness.New(f)}},
	}
}
