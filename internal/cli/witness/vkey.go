package witness

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/witness"
)

// newVKey returns the command witness vkey.
func newVKey(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "vkey",
		Short: "Print the witness's verification key",
		Args:  cobra.NoArgs,
		Long: `Prints the verification key of this machine's witness, and makes the key when
there is none. It is public: it belongs into the anchor of kind witness of the
collectors whose logs are watched, and to whoever checks cosignatures.`,
		Example: `  $ agent-telemetry witness vkey
  $ agent-telemetry witness vkey --state /var/lib/witness --name witness.example/agents`,
		RunE: func(*cobra.Command, []string) error {
			c, err := o.config()
			if err != nil {
				return err
			}
			vkey, err := witness.Key(c.State, c.Name)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(o.factory.IO.Out, vkey)
			return err
		},
	}
}
