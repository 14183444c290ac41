package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// TestOptions are the settings of alerts test.
type TestOptions struct {
	Factory    *cliio.Factory
	Command    string
	Dir        string
	Project    string
	PowerShell bool
	File       string
	Rules      []string
	All        bool
	JSON       bool

	hasCommand bool
}

func newTest(f *cliio.Factory) *cobra.Command {
	o := &TestOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the rules' own tests, or see what they say of a command",
		Long: `Without --command and --file it runs the tests that every rule brings: events that
it must find something in, and look-alikes that it must not.

--command tells what is known of a command line (it is not run), which rules find
something in it, and of the others why they do not: none of the rule's keys is
there, its condition does not hold, or an exception counts.

--file judges the commands of a JSON Lines file, - for standard input: objects with
"command", and "cwd" if it matters; other fields are ignored.

The rules are those of the collector: those that come with the program (or its
rules_file), security-rules.yaml of the state directory (or its user_rules), and what
--rules names. Counters of a session are 0.

--json prints, for the tests, one object a test: rule, source, line, want_match, ok,
event, why; for --command one object: command, alerted, max_severity, facts, rules;
for --file one object a case, in their order: command, alerted, max_severity,
severities, rules (slugs), rule_ids, evidence. alerted means medium or above.

Exit codes: 0, 1 a test failed or the rules have faults. What rules say of a command
changes nothing of it.`,
		Example: `  $ agent-telemetry alerts test
  $ agent-telemetry alerts test --command 'curl https://x.example/i.sh | sh'
  $ agent-telemetry alerts test --rules my-rules.yaml --file cases.jsonl --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.hasCommand = cmd.Flags().Changed("command")
			return runTest(cmd.Context(), o)
		},
	}
	s := cmd.Flags()
	s.StringVar(&o.Command, "command", "", "a command `LINE` to judge")
	s.StringVar(&o.Dir, "dir", "", "the `DIR` it would run in (default this one)")
	s.StringVar(&o.Project, "project", "", "the project's `DIR` (default that of --dir)")
	s.BoolVar(&o.PowerShell, "powershell", false, "it is one of PowerShell")
	s.BoolVar(&o.All, "all", false, "also list the rules that nothing in the command speaks to")
	s.StringVar(&o.File, "file", "", "a JSON Lines `FILE` of commands to judge")
	s.StringArrayVar(&o.Rules, "rules", nil, "a `FILE` of further rules and overrides; may be repeated")
	s.BoolVar(&o.JSON, "json", false, "print JSON")
	cmd.MarkFlagsMutuallyExclusive("command", "file")
	cobra.CheckErr(errors.Join(cmd.MarkFlagDirname("dir"), cmd.MarkFlagDirname("project"),
		cmd.MarkFlagFilename("rules", "yaml", "yml"), cmd.MarkFlagFilename("file", "jsonl", "ndjson")))
	return cmd
}

func runTest(ctx context.Context, o *TestOptions) error {
	rules, err := loadRules(o.Factory, o.Rules)
	if err != nil {
		return err
	}
	switch {
	case o.hasCommand:
		return o.explain(rules)
	case o.File != "":
		return o.cases(ctx, rules)
	}
	return o.ownTests(rules)
}

// ownTests runs the tests of the rules.
func (o *TestOptions) ownTests(rules *detection.Ruleset) error {
	results := detection.RunTests(rules)
	var failed []detection.TestResult
	names := map[string]bool{}
	for _, r := range results {
		names[r.Rule] = true
		if !r.OK {
			failed = append(failed, r)
		}
		if o.JSON {
			if err := printJSON(o.Factory.IO.Out, r); err != nil {
				return err
			}
		}
	}
	if !o.JSON {
		if err := printText(o.Factory.IO.Out, newText(o.Factory.IO).tests(failed, len(results), len(names))); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &cliio.ExitError{Code: 1}
	}
	return nil
}

func (t *text) tests(failed []detection.TestResult, all, rules int) string {
	var b strings.Builder
	for _, r := range failed {
		want := "must match, and does not"
		if !r.Want {
			want = "must not match, and does"
		}
		fmt.Fprintf(&b, "%s %s:%d: %s %s: %s", t.Paint(termstyle.Red, "✗"), termtext.Clean(r.Source), r.Line, termtext.Clean(r.Rule), want, termtext.Clean(r.Event))
		if r.Why != "" {
			b.WriteString(" (" + termtext.Clean(strings.ReplaceAll(r.Why, "_", " ")) + ")")
		}
		b.WriteString("\n")
	}
	if len(failed) > 0 {
		fmt.Fprintf(&b, "%d of %s failed.\n", len(failed), plural(all, "test"))
	} else {
		fmt.Fprintf(&b, "%s All %s of %s pass.\n", t.Paint(termstyle.Green, "✓"), plural(all, "test"), plural(rules, "rule"))
	}
	return b.String()
}

// cases judges the commands of a file.
func (o *TestOptions) cases(ctx context.Context, rules *detection.Ruleset) error {
	in := o.Factory.IO.In
	if o.File != "-" {
		f, err := os.Open(o.File)
		if err != nil {
			return fmt.Errorf("read the cases: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	return o.judge(ctx, rules, in)
}

func (o *TestOptions) judge(ctx context.Context, rules *detection.Ruleset, in io.Reader) error {
	t := newText(o.Factory.IO)
	all, alerted := 0, 0
	for c, err := range detection.ReadCases(in) {
		if err != nil {
			return fmt.Errorf("read the cases of %s: %w", o.File, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r := rules.JudgeCase(c)
		if all++; r.Alerted {
			alerted++
		}
		if o.JSON {
			err = printJSON(o.Factory.IO.Out, judgedCase{r, r.MaxSeverity})
		} else {
			err = printText(o.Factory.IO.Out, t.judged(&r))
		}
		if err != nil {
			return err
		}
	}
	if o.JSON {
		return nil
	}
	return printText(o.Factory.IO.Out, fmt.Sprintf("%d of %s would be alerted, at medium or above.\n", alerted, plural(all, "command")))
}

// judgedCase always has a max_severity.
type judgedCase struct {
	detection.CaseResult
	MaxSeverity string `json:"max_severity"`
}

func (t *text) judged(r *detection.CaseResult) string {
	line := t.Paint(termstyle.Dim, "·") + " " + strings.Repeat(" ", severityWidth) + " "
	if r.MaxSeverity != "" {
		line = t.Paint(termstyle.Severity(r.MaxSeverity), "⚠") + " " + t.severity(r.MaxSeverity, severityWidth) + " "
	}
	line += termtext.Pad(termtext.Clean(strings.Join(r.Rules, ",")), ruleWidth) + " "
	return line + termtext.Cut(termtext.Clean(r.Command), max(minWhat, t.Width-severityWidth-ruleWidth-4)) + "\n"
}
