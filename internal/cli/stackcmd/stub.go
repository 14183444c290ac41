package stackcmd

import (
	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

func NewStatus(f *cliio.Factory) *cobra.Command { return &cobra.Command{Use: "status"} }
func NewDoctor(f *cliio.Factory) *cobra.Command { return &cobra.Command{Use: "doctor"} }
