package facts

import (
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The index finds what a search for each directory finds.
func TestDirIndexFindsWhatASearchFinds(t *testing.T) {
	for _, list := range []struct {
		dirs  []string
		tilde bool
	}{{credentialDirs, true}, {agentDirs, false}} {
		search := func(low string) (int, string) {
			for n, dir := range list.dirs {
				dir = strings.TrimPrefix(dir, "/")
				for at := 0; ; at++ {
					i := strings.Index(low[at:], dir)
					if i < 0 {
						break
					}
					at += i
					if at > 0 && low[at-1] != '/' && (low[at-1] != '~' || !list.tilde) {
						continue
					}
					if after := low[at+len(dir):]; after == "" || after[0] == '/' {
						return n, after
					}
				}
			}
			return -1, ""
		}
		index, found := newDirIndex(list.dirs, list.tilde), 0
		pieces := []string{"/", "/", "/", "~", "a", ".", "x.ssh", ".config", ".local/share", "home", "b.go"}
		for _, dir := range list.dirs {
			pieces = append(pieces, dir, strings.TrimPrefix(dir, "/"))
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 100_000 {
			var b strings.Builder
			for range 1 + r.IntN(6) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			low := b.String()
			wantIndex, wantAfter := search(low)
			gotIndex, gotAfter := index.find(low)
			require.Equal(t, wantIndex, gotIndex, low)
			require.Equal(t, wantAfter, gotAfter, low)
			if wantIndex >= 0 {
				found++
			}
		}
		require.Greater(t, found, 10_000)
	}
}

// A link with a name that ends like the directory's hides nothing behind it.
func TestADirectoryBehindANameLikeIt(t *testing.T) {
	index := newDirIndex(credentialDirs, true)
	for _, low := range []string{"/home/u/.ssh/id_x", "/tmp/x.ssh/.ssh/id_x", "/tmp/.ssh2/.ssh/id_x", "~.ssh/id_x"} {
		_, after := index.find(low)
		require.Equal(t, "/id_x", after, low)
	}
}

// What is clean already stays, and everything else becomes so.
func TestCleaned(t *testing.T) {
	pieces := []string{"/", "a", ".", "..", ".b", "~", "b."}
	r := rand.New(rand.NewPCG(3, 4))
	for range 50_000 {
		p := "/"
		for range r.IntN(8) {
			p += pieces[r.IntN(len(pieces))]
		}
		require.Equal(t, path.Clean(p), cleaned(p), p)
	}
	require.Equal(t, "", cleaned(""))
	require.Equal(t, "a", cleaned("./a/"))
}
