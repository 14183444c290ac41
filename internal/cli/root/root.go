// Package root is the root command of agent-telemetry: it puts the commands
// together, and turns their errors into messages and exit codes.
package root

import (
	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Name is the program's name.
const Name = "agent-telemetry"

// New returns the root command with every subcommand.
func New(f *cliio.Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   Name,
		Short: "A flight recorder for AI coding agents",
		Long: `A flight recorder for AI coding agents: records what Claude Code does, keeps
it in Loki and in a backup file on this machine, and shows it.

Exit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted; a command
with more of its own lists them in its help.`,
		Example: `  # Start the collector and Loki, and watch the project you are in
  $ agent-telemetry up
  $ agent-telemetry install

  # See what the agent does
  $ agent-telemetry events --follow`,
		Version:       version.Version,
		SilenceErrors: true, // Main prints the error, once
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetIn(f.IO.In)
	cmd.SetOut(f.IO.Out)
	cmd.SetErr(f.IO.Err)
	cmd.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	cmd.PersistentFlags().StringVar(&f.HomeFlag, "home", "",
		"state directory `DIR` (default $"+statedir.EnvHome+", else ~/.local/state/agent-telemetry)")
	cobra.CheckErr(cmd.MarkPersistentFlagDirname("home"))
	for _, g := range commands(f) {
		cmd.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, sub := range g.commands {
			sub.GroupID = g.id
			cmd.AddCommand(sub)
		}
	}
	cmd.AddCommand(newVersion(f))
	return cmd
}
