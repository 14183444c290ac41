package redact

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func useKey(t *testing.T, file string) {
	t.Helper()
	UseKey(file)
	t.Cleanup(func() { UseKey("") })
}

func TestEqualSecretsHaveEqualMarks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redaction.key")
	useKey(t, file)
	one, n := Text("export DB_PASSWORD=correct-horse-7")
	require.Equal(t, 1, n)
	require.Regexp(t, `^export DB_PASSWORD=\[REDACTED:assigned-secret:[0-9a-f]{16}\]$`, one)
	quoted, _ := Text(`export DB_PASSWORD="correct-horse-7"`)
	require.Equal(t, one, quoted, "quotes are not part of it")
	other, _ := Text("export DB_PASSWORD=correct-horse-8")
	require.NotEqual(t, one, other)
	url, _ := Text("psql postgres://app:correct-horse-7@db/x")
	require.Contains(t, url, one[strings.LastIndex(one, ":"):len(one)-1], "another rule, the same secret")

	again, n := Text(one)
	require.Zero(t, n, "a mark is no secret")
	require.Equal(t, one, again)

	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	UseKey(filepath.Join(t.TempDir(), "redaction.key"))
	elsewhere, _ := Text("export DB_PASSWORD=correct-horse-7")
	require.NotEqual(t, one, elsewhere, "another state directory has another key")
}

func TestNoKeyIsMadeForNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redaction.key")
	useKey(t, file)
	Text("ls -la")
	require.NoFileExists(t, file)
}

func TestWithoutAKeySecretsAreRedactedAllTheSame(t *testing.T) {
	dir := t.TempDir()
	short := filepath.Join(dir, "short")
	require.NoError(t, os.WriteFile(short, []byte("short"), 0o600))
	key := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(key, make([]byte, keySize), 0o600))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(key, link))
	for name, file := range map[string]string{
		"none named": "", "too short": short, "a link": link, "no directory": filepath.Join(dir, "none", "key"), "a directory": dir,
	} {
		useKey(t, file)
		got, _ := Text("TOKEN=correct-horse-7")
		require.Equal(t, "TOKEN=[REDACTED:assigned-secret]", got, name)
	}
}

func TestProcessesThatStartTogetherHaveOneKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redaction.key")
	keys := make([][]byte, 16)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() { keys[i], _ = loadKey(file) })
	}
	all.Wait()
	want, err := readKey(file)
	require.NoError(t, err)
	for _, key := range keys {
		if key != nil { // goroutines share a process number, and may remove each other's draft
			require.Equal(t, want, key)
		}
	}
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// No rule finds the mark of another, with a hash or without.
func TestMarksOfEveryRuleStay(t *testing.T) {
	for _, file := range []string{"", filepath.Join(t.TempDir(), "redaction.key")} {
		useKey(t, file)
		for i := range rules {
			mark := Mark(rules[i].name, "secret")
			require.Equal(t, len(mark), MarkAt(mark, 0), mark)
			for _, text := range []string{mark, "x " + mark + " y", "https://u:" + mark + "@h/", "TOKEN=" + mark, "--password " + mark, "-u me:" + mark, "Authorization: Bearer " + mark, `{"api_key":"` + mark + `"}`} {
				out, n := Text(text)
				require.Equal(t, text, out)
				require.Zero(t, n)
			}
		}
	}
}

func TestWhatOnlyLooksLikeAMarkIsNone(t *testing.T) {
	for _, text := range []string{"[REDACTED:", "[REDACTED:]", "[REDACTED:a:]", "[REDACTED:a:0123]", "[REDACTED:a:0123456789abcdeg]", "[REDACTED:a b]", "[REDACTED:a:0123456789abcdef", "x[REDACTED:a]"} {
		require.Equal(t, -1, MarkAt(text, 0), text)
	}
	out, n := Text("[REDACTED:password=hunter2-x")
	require.Equal(t, 1, n)
	require.NotContains(t, out, "hunter2")
	require.Equal(t, "a "+strings.Repeat("*", 12)+" [REDACTED:", Unmarked("a [REDACTED:a] [REDACTED:"))
}
