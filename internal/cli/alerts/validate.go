package alerts

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// ValidateOptions are the settings of alerts validate.
type ValidateOptions struct {
	Factory *cliio.Factory
	Files   []string
	JSON    bool
}

// Validation is what alerts validate prints with --json.
type Validation struct {
	OK       bool      `json:"ok"`
	Rules    int       `json:"rules"` // 0 when there is a fault in them
	Channels []string  `json:"channels"`
	Faults   []Problem `json:"faults"`
}

// Problem is something wrong in a file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // 0 when it is not known
	Rule    string `json:"rule"`
	Text    string `json:"text"`
	Warning bool   `json:"warning"` // it works all the same
}

func newValidate(f *cliio.Factory) *cobra.Command {
	o := &ValidateOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "validate [FILE...]",
		Short: "Check rules and the channels that tell of alerts",
		Long: `Checks the rules of the collector (those that come with the program or its
rules_file, security-rules.yaml of the state directory or its user_rules) and the rule
files that are named, and says of each fault the file and line. Without FILE it also has the collector check its configuration, in which the
channels stand (exporters notify/...). No channel is told anything.

--json prints one object: ok, rules (how many), channels (names), faults, a list of
{file, line (0: not known), rule, text, warning}.

Exit codes: 0 no fault, but perhaps warnings; 1 there are faults.`,
		Example: `  $ agent-telemetry alerts validate
  $ agent-telemetry alerts validate my-rules.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Files = args
			return runValidate(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print JSON")
	return cmd
}

func runValidate(ctx context.Context, o *ValidateOptions) error {
	sources, err := ruleSources(o.Factory, o.Files)
	if err != nil {
		return err
	}
	v := Validation{Channels: []string{}, Faults: []Problem{}}
	rules, faults := detection.Load(sources...)
	if faults.Err() == nil && rules != nil {
		v.Rules = len(rules.Rules())
	}
	for _, f := range faults {
		v.Faults = append(v.Faults, Problem{File: f.Source, Line: f.Line, Rule: f.Rule, Text: f.Text, Warning: f.Warning})
	}
	if len(o.Files) == 0 {
		if err := v.collector(ctx, o.Factory); err != nil {
			if ctx.Err() != nil {
				return err
			}
			v.Faults = append(v.Faults, Problem{Text: "the channels could not be checked: " + err.Error()})
		}
	}
	v.OK = true
	for _, p := range v.Faults {
		v.OK = v.OK && p.Warning
	}
	if o.JSON {
		err = printJSON(o.Factory.IO.Out, v)
	} else {
		err = printText(o.Factory.IO.Out, newText(o.Factory.IO).validation(&v))
	}
	if err != nil {
		return err
	}
	if !v.OK {
		return &cliio.ExitError{Code: 1}
	}
	return nil
}

// collector has the collector check its configuration.
func (v *Validation) collector(ctx context.Context, f *cliio.Factory) error {
	home, err := f.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return fmt.Errorf("read the stack's settings: %w", err)
	}
	// A configuration that is in no file of its own is written there.
	if err := statedir.Ensure(home.Run()); err != nil {
		return err
	}
	c, err := stack.CollectorCommand(config)
	if err != nil {
		return err
	}
	files, err := readConfigs(c.Args)
	if err != nil {
		return err
	}
	v.Channels = files.channels()
	said, err := validateConfig(ctx, c)
	if err != nil {
		return err
	}
	for _, text := range said {
		p := files.place(text)
		p.Text = text
		v.Faults = append(v.Faults, p)
	}
	return nil
}

func (t *text) validation(v *Validation) string {
	var b strings.Builder
	for _, p := range v.Faults {
		mark := t.Paint(termstyle.Red, "✗")
		if p.Warning {
			mark = t.Paint(termstyle.Yellow, "!")
		}
		where := termtext.Clean(p.File)
		if p.Line > 0 {
			where += fmt.Sprintf(":%d", p.Line)
		}
		if p.Rule != "" {
			where += ": " + termtext.Clean(p.Rule)
		}
		if where != "" {
			where += ": "
		}
		fmt.Fprintf(&b, "%s %s%s\n", mark, where, termtext.Clean(p.Text))
	}
	switch {
	case !v.OK:
		b.WriteString("There are faults. A running collector goes on with the rules that it has.\n")
	case len(v.Channels) > 0:
		fmt.Fprintf(&b, "%s %s, %s: %s.\n", t.Paint(termstyle.Green, "✓"), plural(v.Rules, "rule"), plural(len(v.Channels), "channel"), termtext.Clean(strings.Join(v.Channels, ", ")))
	default:
		fmt.Fprintf(&b, "%s %s.\n", t.Paint(termstyle.Green, "✓"), plural(v.Rules, "rule"))
	}
	return b.String()
}
