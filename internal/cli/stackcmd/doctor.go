package stackcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// DoctorOptions are the settings of doctor.
type DoctorOptions struct {
	Factory *cliio.Factory
	Flags   stack.Flags
	Project string
	JSON    bool
}

// NewDoctor returns the command doctor.
func NewDoctor(f *cliio.Factory) *cobra.Command { return newDoctor(f, runDoctor) }

func newDoctor(f *cliio.Factory, runF func(context.Context, *DoctorOptions) error) *cobra.Command {
	o := &DoctorOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what is wrong and what to do about it",
		Long: `Checks every part that an event passes on its way, from the hooks in Claude
Code's settings to Loki, and says for each what was found and, where something is
wrong, what to type. It changes nothing.

Exit codes: 0 no check failed (there may be warnings), 1 a check failed.

The result of --json is an object: home, project, result (the worst of pass, warn
and fail) and checks, a list of {name, result, found, remedy}; the names are fixed.`,
		Example: `  $ agent-telemetry doctor
  $ agent-telemetry doctor --project ~/src/shop --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.Project, "project", ".", "check the hooks of the project in `DIR`")
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the result as JSON")
	cobra.CheckErr(cmd.MarkFlagDirname("project"))
	return cmd
}

// Result of a check.
type Result string

// The results, from good to bad.
const (
	Pass Result = "pass"
	Warn Result = "warn"
	Fail Result = "fail"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Result Result `json:"result"`
	Found  string `json:"found"`
	Remedy string `json:"remedy"` // what to do; "" when nothing
}

// Diagnosis is what doctor prints with --json.
type Diagnosis struct {
	Home    string  `json:"home"`
	Project string  `json:"project"`
	Result  Result  `json:"result"`
	Checks  []Check `json:"checks"`
}

func (d *Diagnosis) add(name string, result Result, remedy, format string, args ...any) {
	if result == Pass {
		remedy = ""
	}
	d.Checks = append(d.Checks, Check{Name: name, Result: result, Found: printable(fmt.Sprintf(format, args...)), Remedy: remedy})
	if result == Fail || result == Warn && d.Result == Pass {
		d.Result = result
	}
}

func runDoctor(ctx context.Context, o *DoctorOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	d := &Diagnosis{Home: string(home), Project: o.Project, Result: Pass, Checks: []Check{}}
	c, err := stack.Current(home, o.Flags)
	if err != nil {
		d.add("settings", Fail, "correct "+stack.FileName+" in the state directory, or the environment variable", "%v", err)
	} else {
		d.add("settings", Pass, "", "understood")
		d.examine(ctx, c)
	}
	d.examineHooks(ctx, string(home), o.Project)
	if o.JSON {
		err = printJSON(o.Factory.IO.Out, d)
	} else {
		err = write(o.Factory.IO.Out, d.text(o.Factory.IO.Color))
	}
	if err == nil && d.Result == Fail {
		err = &cliio.ExitError{Code: 1}
	}
	return err
}

// text shows the diagnosis to people.
func (d *Diagnosis) text(color bool) string {
	var b strings.Builder
	marks := map[Result]string{Pass: paint(color, green, "pass"), Warn: paint(color, yellow, "warn"), Fail: paint(color, red, "FAIL")}
	count := map[Result]int{}
	for _, c := range d.Checks {
		count[c.Result]++
		fmt.Fprintf(&b, "%s  %-18s %s\n", marks[c.Result], c.Name, strings.ReplaceAll(c.Found, "\n", "\n      "))
		if c.Remedy != "" {
			fmt.Fprintf(&b, "      → %s\n", c.Remedy)
		}
	}
	fmt.Fprintf(&b, "\n%d passed, %d warnings, %d failed\n", count[Pass], count[Warn], count[Fail])
	return b.String()
}
