package claudesettings

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func commandPlan() Plan {
	return Plan{Mode: ModeCommand, Scope: "project", HookBinary: "/opt/agent-telemetry/bin/claude-hook"}
}

func httpPlan() Plan {
	return Plan{
		Mode: ModeHTTP, Scope: "project", HookBinary: "/opt/agent-telemetry/bin/claude-hook",
		URL: "http://127.0.0.1:4319/v1/hooks", Token: "the-token", ProjectDir: "/home/dev/app", Home: "/srv/state",
	}
}

func parse(t testing.TB, text string) *jsondoc.Doc {
	t.Helper()
	doc, err := jsondoc.Parse([]byte(text))
	require.NoError(t, err)
	return doc
}

// reparse reads doc's text again, as the next run of the program does.
func reparse(t testing.TB, doc *jsondoc.Doc) *jsondoc.Doc { return parse(t, string(doc.Bytes())) }

func TestRegisterGolden(t *testing.T) {
	for name, plan := range map[string]Plan{"command": commandPlan(), "http": httpPlan()} {
		for _, from := range []string{"new", "merged"} {
			t.Run(name+"-"+from, func(t *testing.T) {
				text := "{}\n"
				if from == "merged" {
					b, err := os.ReadFile("testdata/existing.json")
					require.NoError(t, err)
					text = string(b)
				}
				doc := parse(t, text)
				_, err := Register(doc, plan)
				require.NoError(t, err)
				golden(t, name+"-"+from+".json", doc.Bytes())
			})
		}
	}
}

// golden compares got with a file; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestEventsLeaveOutTheDangerousOnes(t *testing.T) {
	require.Len(t, Events(), 30)
	for _, e := range Events() {
		require.NotContains(t, []string{"WorktreeCreate", "WorktreeRemove", "MessageDisplay"}, e.Name)
	}
}

func TestRegisterTwiceChangesNothing(t *testing.T) {
	for _, plan := range []Plan{commandPlan(), httpPlan()} {
		doc := parse(t, `{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"beep"}]}]}}`)
		first, err := Register(doc, plan)
		require.NoError(t, err)
		require.Len(t, first.Added, len(Events()))
		text := string(doc.Bytes())
		doc = reparse(t, doc)
		second, err := Register(doc, plan)
		require.NoError(t, err)
		require.False(t, second.Changed())
		require.Equal(t, text, string(doc.Bytes()))
	}
}

func TestSwitchingModesReplacesOnlyOurs(t *testing.T) {
	b, err := os.ReadFile("testdata/existing.json")
	require.NoError(t, err)
	there := parse(t, string(b))
	_, err = Register(there, commandPlan())
	require.NoError(t, err)
	there = reparse(t, there)
	change, err := Register(there, httpPlan())
	require.NoError(t, err)
	require.Len(t, change.Added, len(Events()))
	require.Len(t, change.Removed, len(Events()))
	direct := parse(t, string(b))
	_, err = Register(direct, httpPlan())
	require.NoError(t, err)
	require.Equal(t, string(direct.Bytes()), string(there.Bytes()))
}

func TestStaleHandlersGo(t *testing.T) {
	doc := parse(t, `{"hooks":{
	  "WorktreeCreate":[{"hooks":[{"type":"command","command":"/old/claude-hook"}]}],
	  "Stop":[{"hooks":[{"type":"command","command":"claude-hook --scope user"},{"type":"command","command":"beep"}]},
	          {"hooks":[{"type":"http","url":"http://localhost:9/v1/hooks"}]}]}}`)
	change, err := Register(doc, commandPlan())
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"WorktreeCreate", "Stop"}, change.Removed)
	doc = reparse(t, doc)
	require.Nil(t, doc.Root().Get("hooks").Get("WorktreeCreate"))
	require.Len(t, doc.Root().Get("hooks").Get("Stop").Items(), 2)
	_, err = Unregister(doc, nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"beep"}]}]}}`, string(doc.Bytes()))
}

func TestHostileSettingsAreRefused(t *testing.T) {
	tests := map[string]struct{ text, message string }{
		"root array":      {`[1]`, "the file is an array, expected an object"},
		"root string":     {`"x"`, "the file is a string, expected an object"},
		"hooks string":    {`{"hooks":"string"}`, `"hooks" is a string, expected an object`},
		"hooks array":     {`{"hooks":[]}`, `"hooks" is an array, expected an object`},
		"hooks null":      {`{"hooks":null}`, `"hooks" is null, expected an object`},
		"hooks twice":     {`{"hooks":{},"hooks":{}}`, `the file holds the key "hooks" twice`},
		"event object":    {`{"hooks":{"Stop":{}}}`, `"hooks.Stop" is an object, expected an array`},
		"event twice":     {`{"hooks":{"Stop":[],"St\u006fp":[]}}`, `"hooks" holds the key "Stop" twice`},
		"unknown event":   {`{"hooks":{"X":1}}`, `"hooks.X" is a number, expected an array`},
		"group array":     {`{"hooks":{"Stop":[[]]}}`, `"hooks.Stop[0]" is an array, expected an object`},
		"handlers object": {`{"hooks":{"Stop":[{"hooks":{}}]}}`, `"hooks.Stop[0]".hooks is an object, expected an array`},
		"handler string":  {`{"hooks":{"Stop":[{"hooks":["x"]}]}}`, `"hooks.Stop[0].hooks[0]" is a string, expected an object`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Register(parse(t, tt.text), commandPlan())
			require.EqualError(t, err, tt.message)
			_, err = Unregister(parse(t, tt.text), nil)
			require.EqualError(t, err, tt.message)
		})
	}
}

func TestDeepAndLongSettingsAreKept(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	long := strings.Repeat(`{"type":"command","command":"x"},`, 20_000)
	text := fmt.Sprintf(`{"deep":%s,"n":1234567890123456789012345.678e90,"hooks":{"Stop":[{"hooks":[%s{}]}]}}`, deep, long)
	doc := parse(t, text)
	change, err := Register(doc, commandPlan())
	require.NoError(t, err)
	doc = reparse(t, doc)
	_, err = Unregister(doc, change.EmptyBefore)
	require.NoError(t, err)
	require.Equal(t, text, string(doc.Bytes()))
}

func TestOurs(t *testing.T) {
	tests := []struct {
		typ, command, url string
		want              bool
	}{
		{typ: "command", command: "/opt/x/claude-hook", want: true},
		{typ: "command", command: "/opt/with space/claude-hook", want: true},
		{typ: "command", command: `"/opt/with space/claude-hook" --scope user`, want: true},
		{typ: "command", command: "claude-hook --scope user", want: true},
		{typ: "command", command: "claude-hook; rm x"},
		{typ: "command", command: "tee x | claude-hook"},
		{typ: "command", command: "/opt/my-claude-hook"},
		{typ: "command", command: "/opt/claude-hook.sh"},
		{typ: "command", command: ""},
		{typ: "command", command: `"`},
		{typ: "prompt", command: "claude-hook"},
		{typ: "http", url: "http://127.0.0.1:4319/v1/hooks", want: true},
		{typ: "http", url: "http://[::1]:1/v1/hooks", want: true},
		{typ: "http", url: "http://localhost/v1/hooks", want: true},
		{typ: "http", url: "http://example.com/v1/hooks"},
		{typ: "http", url: "http://127.0.0.1:4319/other"},
		{typ: "http", url: "://"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, ours(tt.typ, tt.command, tt.url), "%+v", tt)
	}
}

func FuzzRegister(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":1}`, `{"hooks":{}}`, `{"hooks":{"Stop":[]}}`, `{"hooks":{"Stop":[{}],"X":[{"hooks":[]}]},"z":1e400}`,
		"{\n\t\"permissions\": {\"allow\": []},\n\t\"hooks\": {\"PreToolUse\": [{\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"x\"}]}]}\n}",
		`{"hooks":{"Stop":[{"hooks":[{"type":7,"command":[],"args":"x"}]}]}}`,
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, http bool) {
		doc, err := jsondoc.Parse(data)
		if err != nil || !json.Valid(data) {
			return
		}
		if have, err := walk(doc); err != nil || len(have) > 0 {
			return
		}
		plan := commandPlan()
		if http {
			plan = httpPlan()
		}
		change, err := Register(doc, plan)
		require.NoError(t, err)
		doc = reparse(t, doc)
		again, err := Register(doc, plan)
		require.NoError(t, err)
		require.False(t, again.Changed())
		_, err = Unregister(doc, change.EmptyBefore)
		require.NoError(t, err)
		require.Equal(t, compact(t, data), compact(t, doc.Bytes()))
	})
}

// compact takes out white space and nothing else.
func compact(t *testing.T, data []byte) string {
	t.Helper()
	var raw json.RawMessage
	require.NoError(t, json.Unmarshal(data, &raw))
	var b strings.Builder
	inString := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case inString && c == '\\':
			b.WriteByte(c)
			i++
			c = raw[i]
		case c == '"':
			inString = !inString
		case !inString && strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// A file full of our handlers costs no more than reading it.
func BenchmarkUnregisterMany(b *testing.B) {
	many := strings.Repeat(`{"type":"command","command":"claude-hook"},`, 40_000)
	text := `{"hooks":{"Stop":[{"hooks":[` + many + `{"type":"command","command":"beep"}]}]}}`
	for b.Loop() {
		doc := parse(b, text)
		_, err := Unregister(doc, nil)
		require.NoError(b, err)
		require.JSONEq(b, `{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"beep"}]}]}}`, string(doc.Bytes()))
	}
}

func TestNoPreviewIsSaidInBothModes(t *testing.T) {
	for _, off := range []bool{false, true} {
		p := Plan{Mode: ModeCommand, Scope: semconv.InstallScopeProject, HookBinary: "/x/claude-hook", NoPreview: off}
		require.Equal(t, off, slices.Contains(p.Handler(Event{}).Args, "--"+semconv.FlagNoPreview))
		p.Mode, p.URL = ModeHTTP, "http://127.0.0.1:4319/v1/hooks"
		_, said := p.Handler(Event{}).Headers[semconv.HeaderPreview]
		require.Equal(t, off, said)
	}
}
