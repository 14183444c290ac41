package wordset

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var words = []string{
	"-u", "sk", "7z", "q~", "key", "eyj", "pw=", "://", "pass", "password", "passwd", "token", "secret", "authorization", "private key", "github_pat_",
	"ghp_", "gho_", "hooks.slack.com", "[redacted:", "key",
}

type hit struct{ number, at int }

func all(s *Set, text string) (hits []hit) {
	for number, at := range s.All(text) {
		hits = append(hits, hit{number, at})
	}
	return hits
}

// plain looks for each word at each place.
func plain(list []string, text string) (hits []hit) {
	for at := range len(text) {
		for number, w := range list {
			if len(text)-at >= len(w) && strings.EqualFold(ascii(text[at:at+len(w)]), w) {
				hits = append(hits, hit{number, at})
			}
		}
	}
	return hits
}

// ascii is text with a byte for each that is none of ASCII, so that no other letter folds
// to one of ours.
func ascii(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] > 127 {
			b[i] = 0
		}
	}
	return string(b)
}

func requireSame(t *testing.T, list []string, text string) {
	t.Helper()
	got := all(New(list), text)
	for i := 1; i < len(got); i++ {
		require.LessOrEqual(t, got[i-1].at, got[i].at)
	}
	slices.SortFunc(got, func(a, b hit) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.number - b.number
	})
	require.Equal(t, plain(list, text), got, "%q", text)
}

func TestAllFindsEachWordEverywhere(t *testing.T) {
	for _, w := range words {
		for _, text := range []string{w, "x" + w, w + "y", "x" + w + "y", strings.ToUpper(w), w + w, w[:len(w)-1], "\x00" + w + "\x00\xff", w[1:] + w[:1]} {
			requireSame(t, words, text)
		}
	}
	requireSame(t, words, "")
	requireSame(t, words, "PassWordKey=Authorization://-U")
}

func TestManyShortWordsShareBuckets(t *testing.T) {
	var many []string
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'e'; b++ {
			many = append(many, string(a)+string(b))
		}
	}
	requireSame(t, many, "the quick brown fox jumps over the lazy dog")
}

func TestTheFirstIsEnough(t *testing.T) {
	seen := 0
	for range New(words).All("key key key") {
		seen++
		break
	}
	require.Equal(t, 1, seen)
}

// FuzzAll compares the one pass with a plain search for each word.
func FuzzAll(f *testing.F) {
	f.Add("curl -u me:x https://h/?token=eyJx", "tok")
	f.Add("\x00\xffgithub_PAT_", "u\x00")
	f.Fuzz(func(t *testing.T, text, word string) {
		list := words
		if w := strings.ToLower(ascii(word)); len(w) >= 2 && !strings.Contains(w, "\x00") {
			list = append(slices.Clone(words), w)
		}
		requireSame(t, list, text)
	})
}

func BenchmarkAll(b *testing.B) {
	s := New(words)
	for name, text := range map[string]string{
		"id": "01a21e37-f940-7ed5-88c6-a2d2b1ea8654", "path": "/home/dev/src/cart/internal/cart.go", "prose": strings.Repeat("the quick brown fox jumps over the lazy dog ", 20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for range s.All(text) {
					b.Fatal("no word")
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(words)
	}
}
