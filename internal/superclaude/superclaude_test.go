package superclaude

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDetect(t *testing.T) {
	for prompt, want := range map[string]Context{
		"/sc:implement login form --persona-frontend --magic --think-hard": {
			Commands: []string{"implement"}, Personas: []string{"frontend"}, MCPServers: []string{"magic"},
			Reasoning: "think-hard", Workflow: "development",
		},
		"/user:analyze --think --c7":              {Commands: []string{"analyze"}, Reasoning: "think", MCPServers: []string{"context7"}, Workflow: "analysis"},
		"/persona:architect design the store":     {Personas: []string{"architect"}},
		"@agent-security-engineer check this.":    {Personas: []string{"security-engineer"}},
		"go on --wave-mode force --delegate auto": {Flags: []string{"delegate=auto", "wave-mode=force"}},
		"--no-magic --seq please":                 {Flags: []string{"no-magic"}, MCPServers: []string{"sequential"}},
		"/sc:git --uc --uc":                       {Commands: []string{"git"}, Flags: []string{"uc"}, Workflow: "operations"},
		"/analyze --ultrathink --loop":            {Commands: []string{"analyze"}, Reasoning: "ultrathink", Flags: []string{"loop"}, Workflow: "analysis"},
		"/sc --scope \"$(rm -rf /)\"":             {Commands: []string{"sc"}, Flags: []string{"scope"}},
		"/SC:Build it":                            {Commands: []string{"build"}, Workflow: "development"},
		"/sc:newcommand now":                      {Commands: []string{"newcommand"}},
		"/user:analyze --think":                   {Commands: []string{"analyze"}, Reasoning: "think", Workflow: "analysis"},
		"/sc:$(id)":                               {},
		"/user:test":                              {}, // anyone's own command
		"seq --seq":                               {}, // one flag alone is another program's
		"use --c7":                                {},
		"run it with --safe-mode --verbose":       {},
		"/test --think":                           {},
		"":                                        {},
		"please fix the bug":                      {},
		"/analyze the code":                       {}, // v2 alone is anyone's command
		"run npm test --verbose --plan":           {}, // options of other programs
		"look at /sc/implement":                   {},
	} {
		require.Equal(t, want, Detect(prompt), prompt)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("/sc:x --persona-qa @agent-self-review --scope=a")
	f.Fuzz(func(t *testing.T, s string) {
		c := Detect(s)
		require.LessOrEqual(t, len(c.Flags)+len(c.Commands)+len(c.Personas)+len(c.MCPServers), 4*maxNames)
	})
}
