package projectscope

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func dirs(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		require.NoError(t, os.MkdirAll(p, 0o700))
	}
}

func TestOutside(t *testing.T) {
	base := t.TempDir()
	home, project, other := filepath.Join(base, "home"), filepath.Join(base, "home/project"), filepath.Join(base, "other")
	dirs(t, project+"/src/deep", other, home+"/project-two")
	t.Setenv("HOME", home)
	require.NoError(t, os.Symlink(other, project+"/link"))
	require.NoError(t, os.Symlink(project+"/src", other+"/back"))
	require.NoError(t, os.Symlink(project, base+"/alias"))
	require.NoError(t, os.Symlink("loop", project+"/loop"))
	for path, want := range map[string]bool{
		project + "/a.go":                      false,
		project:                                false,
		project + "/not/yet/there":             false,
		"src/x":                                false,
		"../project/x":                         false,
		"../x":                                 true,
		project + "/../../other/x":             true,
		project + "/src/../../x":               true,
		project + "/link/x":                    true,
		project + "/link/../x":                 true, // the kernel goes to the parent of the link's target
		other + "/back/x":                      false,
		base + "/alias/x":                      false,
		home + "/project-two/x":                true,
		"~/project/x":                          false,
		"~/.ssh/id_ed25519":                    true,
		"/etc/passwd":                          true,
		"":                                     false,
		"/" + string(make([]byte, 5000)) + "x": true,
	} {
		require.Equal(t, want, Outside(project, project, path), path)
	}
	require.False(t, Outside(base+"/alias", base+"/alias", project+"/a.go"), "the project itself behind a link")
	Outside(project, project, "loop/x") // ends
}

// What goes on from the project is what goes there from the root.
func TestScopeResolvesAsFromTheRoot(t *testing.T) {
	base := t.TempDir()
	dirs(t, base+"/real/src/deep", base+"/other")
	require.NoError(t, os.Symlink(base+"/real", base+"/alias"))
	require.NoError(t, os.Symlink("../other", base+"/real/out"))
	require.NoError(t, os.Symlink("deep/..", base+"/real/src/round"))
	require.NoError(t, os.Symlink("loop", base+"/real/loop"))
	require.NoError(t, os.Symlink(base+"/alias/src", base+"/other/back"))
	long := strings.Repeat("/d", maxSteps)
	for _, project := range []string{base + "/real", base + "/alias", base + "/real/../real/", base + "/none", base + "/real/loop", base + long, "/" + strings.Repeat("x/", maxPath), ""} {
		s := At(project)
		root, _ := Resolve(project)
		require.Equal(t, root, s.root.done)
		for _, below := range []string{
			"", "/", "/src", "/src/deep/none/x", "/../other", "/out", "/out/../real/src", "/out/back/round/deep", "/loop/x", "/src/./..//src/", "x", "/" + strings.Repeat("../", 50) + "etc",
			long[:maxSteps-10], long, strings.Repeat("/x", maxPath), "/real/src", "/nul\x00",
		} {
			want, wantWhole := Resolve(project + below)
			got, whole := s.Resolve(project + below)
			require.Equal(t, want, got, "%.200s %.200s", project, below)
			require.Equal(t, wantWhole, whole, "%.200s %.200s", project, below)
		}
	}
}

// TestLinksUponLinks: a path that would take seconds to follow is outside, at once.
func TestLinksUponLinks(t *testing.T) {
	project := t.TempDir()
	deep := project
	for range 450 {
		deep += "/dddd"
	}
	dirs(t, deep)
	require.NoError(t, os.Symlink(deep, project+"/l0"))
	for i := range 39 {
		require.NoError(t, os.Symlink(strings.TrimPrefix(deep, project+"/")+"/../"+strings.Repeat("../", 449)+fmt.Sprint("l", i), project+fmt.Sprint("/l", i+1)))
	}
	start := time.Now()
	require.True(t, Outside(project, project, project+"/l39/x"))
	require.Less(t, time.Since(start), 500*time.Millisecond)
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.invalid"}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestOutsideKnowsLinkedWorktrees(t *testing.T) {
	base := t.TempDir()
	project, worktree := filepath.Join(base, "repo"), filepath.Join(base, "trees/feature")
	dirs(t, project, base+"/trees", base+"/evil")
	git(t, project, "init", "-q")
	git(t, project, "commit", "-q", "--allow-empty", "-m", "start")
	git(t, project, "worktree", "add", "-q", worktree)
	require.False(t, Outside(project, worktree, worktree+"/x"))
	require.False(t, Outside(project, worktree, "x"))
	require.True(t, Outside(project, worktree, "../x"))
	require.Equal(t, project, Find(worktree))

	// A forged record that names a directory which does not point back.
	admin := filepath.Join(project, ".git/worktrees/forged")
	dirs(t, admin)
	require.NoError(t, os.WriteFile(admin+"/gitdir", []byte(base+"/evil/.git\n"), 0o600))
	require.True(t, Outside(project, project, base+"/evil/x"))
	// One that would take in everything.
	require.NoError(t, os.WriteFile(admin+"/gitdir", []byte(base+"/.git\n"), 0o600))
	require.NoError(t, os.WriteFile(base+"/.git", []byte("gitdir: "+admin+"\n"), 0o600))
	require.True(t, Outside(project, project, base+"/evil/x"))
}

func TestFindAndMarked(t *testing.T) {
	base := t.TempDir()
	t.Setenv("HOME", base)
	for _, sub := range []string{"", "config/", ".claude/"} {
		project := filepath.Join(base, "p"+filepath.Base(sub))
		dirs(t, project+"/a/b", project+"/"+sub)
		require.False(t, Marked(project))
		require.NoError(t, os.WriteFile(project+"/"+sub+Marker, nil, 0o600))
		require.True(t, Marked(project))
		require.Equal(t, project, Find(project+"/a/b"))
	}
	dirs(t, base+"/.claude", base+"/plain/x", base+"/claude/.claude", base+"/claude/y", base+"/dirmarker/"+Marker)
	require.Equal(t, base+"/plain/x", Find(base+"/plain/x"), "~/.claude makes no project of the home directory")
	require.Equal(t, base+"/claude", Find(base+"/claude/y"))
	require.False(t, Marked(base+"/dirmarker"))
	require.Empty(t, Find("relative"))
}

func BenchmarkOutside(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		Outside(dir, dir, dir+"/internal/some/file.go")
	}
}
