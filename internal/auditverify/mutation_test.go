package auditverify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// copyLog returns a copy that can be changed.
func (l testLog) copyLog(t testing.TB) testLog {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	require.NoError(t, os.CopyFS(dir, os.DirFS(l.dir)))
	l.dir = dir
	return l
}

func segmentFile(i int) string { return fmt.Sprintf("%08d.jsonl", i) }

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return b
}

func write(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
}

// lines returns a file's lines, each with its newline.
func lines(b []byte) [][]byte {
	l := bytes.SplitAfter(b, []byte("\n"))
	return l[:len(l)-1]
}

func join(parts ...[][]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, bytes.Join(p, nil)...)
	}
	return b
}

// edit is a change of one segment's lines.
type edit struct {
	name  string
	check Check
	// change returns the segment's new content, and the seq at which the fault
	// is, counted from the segment's first; -1: any.
	change func(l [][]byte) ([]byte, int)
}

func replace(l [][]byte, i int, old, now string) [][]byte {
	out := append([][]byte(nil), l...)
	out[i] = bytes.Replace(out[i], []byte(old), []byte(now), 1)
	if bytes.Equal(out[i], l[i]) {
		panic("nothing was replaced in " + string(l[i]))
	}
	return out
}

var seqDigits = regexp.MustCompile(`^\{"seq":(\d+)`)

func reseq(line []byte, by int) []byte {
	n, _ := strconv.Atoi(string(seqDigits.FindSubmatch(line)[1]))
	return seqDigits.ReplaceAll(line, fmt.Appendf(nil, `{"seq":%d`, n+by))
}

func edits() []edit {
	var list []edit
	for _, at := range []int{0, 3, 6} {
		in := fmt.Sprintf(" in line %d", at)
		list = append(list,
			edit{"flip a value" + in, CheckPrevHash, func(l [][]byte) ([]byte, int) {
				return join(replace(l, at, "observed_time\":\"2026", "observed_time\":\"2025")), at
			}},
			edit{"flip a brace" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(replace(l, at, `"record":{`, `"record":[`)), at }},
			edit{"flip a bit" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(replace(l, at, `"seq"`, `"sep"`)), at }},
			edit{"flip the prev hash" + in, CheckPrevHash, func(l [][]byte) ([]byte, int) {
				out := append([][]byte(nil), l...)
				out[at] = bytes.Clone(out[at])
				i := bytes.Index(out[at], []byte(`"prev":"`)) + 20
				if out[at][i] ^= 1; !isHex(out[at][i]) {
					out[at][i] = '0' // ':' behind '9' or '`' before 'a'
				}
				return join(out), -1
			}},
			edit{"another log's id" + in, CheckLogID, func(l [][]byte) ([]byte, int) { return join(replace(l, at, "0197a2b4", "0197a2b5")), at }},
			edit{"another number" + in, CheckSequence, func(l [][]byte) ([]byte, int) {
				out := append([][]byte(nil), l...)
				out[at] = reseq(out[at], 7)
				return join(out), -1
			}},
			edit{"drop line" + in, CheckSequence, func(l [][]byte) ([]byte, int) { return join(l[:at], l[at+1:]), at }},
			edit{"swap lines" + in, CheckSequence, func(l [][]byte) ([]byte, int) {
				if at+1 >= len(l) {
					return join(l[:at-1], [][]byte{l[at], l[at-1]}), at - 1
				}
				return join(l[:at], [][]byte{l[at+1], l[at]}, l[at+2:]), at
			}},
			edit{"duplicate line" + in, CheckSequence, func(l [][]byte) ([]byte, int) { return join(l[:at+1], l[at:]), at + 1 }},
			edit{"insert a line" + in, CheckPrevHash, func(l [][]byte) ([]byte, int) {
				// The one that is put in has the right number and the right prev, and
				// all behind it are numbered anew.
				forged := bytes.Replace(l[at], []byte("2026"), []byte("2027"), 1)
				out := [][]byte{forged}
				for _, x := range l[at:] {
					out = append(out, reseq(x, 1))
				}
				return join(l[:at], out), -1
			}},
			edit{"insert rubbish" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(l[:at], [][]byte{[]byte("{}\n")}, l[at:]), at }},
			edit{"an empty line" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(l[:at], [][]byte{[]byte("\n")}, l[at:]), at }},
			edit{"a space" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(replace(l, at, `"seq":`, `"seq": `)), at }},
			edit{"a carriage return" + in, CheckLines, func(l [][]byte) ([]byte, int) { return join(replace(l, at, "}\n", "}\r\n")), at }},
		)
	}
	return append(list,
		edit{"no line", CheckSequence, func([][]byte) ([]byte, int) { return nil, 0 }},
		edit{"no last line", CheckSequence, func(l [][]byte) ([]byte, int) { return join(l[:len(l)-1]), len(l) - 1 }},
		edit{"half of the last line", CheckSequence, func(l [][]byte) ([]byte, int) {
			b := join(l)
			return b[:len(b)-30], len(l) - 1
		}},
		edit{"no last newline", CheckSequence, func(l [][]byte) ([]byte, int) { b := join(l); return b[:len(b)-1], len(l) - 1 }},
		edit{"bytes behind the last line", CheckTornTails, func(l [][]byte) ([]byte, int) { return append(join(l), "rest"...), -1 }},
		edit{"reversed", CheckSequence, func(l [][]byte) ([]byte, int) {
			var out [][]byte
			for _, x := range l {
				out = append([][]byte{x}, out...)
			}
			return join(out), -1
		}},
	)
}

// Every change of every segment is found by the check that is made for it.
func TestEditedSegments(t *testing.T) {
	for name, p := range map[string]plan{
		"whole":  {segments: 4, stop: true},
		"pruned": {segments: 6, prune: 3, stop: true},
	} {
		whole := makeLog(t, p)
		first := p.prune
		for s := first; s < len(whole.starts); s++ {
			last := s == len(whole.starts)-1
			content := read(t, whole.dir, segmentFile(s))
			for _, e := range edits() {
				t.Run(fmt.Sprintf("%s/%s of segment %d", name, e.name, s), func(t *testing.T) {
					l := whole.copyLog(t)
					now, at := e.change(lines(content))
					if bytes.Equal(now, content) {
						t.Skip("the same")
					}
					write(t, l.dir, segmentFile(s), now)
					for _, r := range []*Report{l.verify(t), l.verify(t, noAnchor)} {
						require.Equal(t, Tampered, r.Verdict, "%+v", r.Checks)
						require.Equal(t, 1, r.ExitCode)
						want := e.check
						if want == CheckSequence && (last && strings.Contains(e.name, "last") || last && e.name == "no line") {
							want = CheckLength // nothing behind it has a number
						}
						if first > 0 && s == first && e.name == "no line" {
							want = CheckSegments // emptied, not last
						}
						if first > 0 && s == first && strings.HasSuffix(e.name, "in line 0") && r.Result(want).Status != Fail {
							want = CheckPrune // the log begins elsewhere
						}
						if first > 0 && last && e.name == "no line" {
							want = CheckPrune // it had the prune record
						}
						assert.Contains(t, answers(r, Fail), want)
						require.NotNil(t, r.FirstBad)
						more := strings.HasPrefix(e.name, "insert") || strings.HasPrefix(e.name, "an empty")
						if at >= 0 && want == e.check && r.Result(CheckPrune).Status == Pass && (s > first || !more) {
							assert.LessOrEqual(t, r.FirstBad.Seq, whole.starts[s]+int64(at))
							if r.FirstBad.Before > 0 {
								assert.Greater(t, r.FirstBad.Before, whole.starts[s]+int64(at))
							} else {
								assert.Equal(t, whole.starts[s]+int64(at), r.FirstBad.Seq, "%+v", r.FirstBad)
							}
						}
					}
				})
			}
		}
	}
}

// Changes of the directory and of the files beside the segments.
func TestChangedDirectory(t *testing.T) {
	whole := makeLog(t, plan{segments: 5, stop: true})
	pruned := makeLog(t, plan{segments: 7, prune: 3, stop: true})
	notes := strings.SplitAfter(string(read(t, whole.dir, checkpointsName)), "\n\n— ")
	require.Greater(t, len(notes), 5)
	torn, err := filepath.Glob(filepath.Join(whole.dir, "*.torn-*"))
	require.NoError(t, err)
	require.NotEmpty(t, torn)
	type mutation struct {
		check  Check
		pruned bool
		change func(t *testing.T, dir string)
	}
	edited := func(name, old, now string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			b := read(t, dir, name)
			changed := bytes.Replace(b, []byte(old), []byte(now), 1)
			require.NotEqual(t, b, changed)
			write(t, dir, name, changed)
		}
	}
	mutations := map[string]mutation{
		"a torn tail's copy removed": {CheckTornTails, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, filepath.Base(torn[0]))))
		}},
		"a torn tail's copy changed":  {CheckTornTails, false, func(t *testing.T, dir string) { write(t, dir, filepath.Base(torn[0]), []byte("x")) }},
		"a torn tail that none tells": {CheckTornTails, false, func(t *testing.T, dir string) { write(t, dir, "00000001.torn-7", []byte("x")) }},
		"a torn tail that is a link": {CheckTornTails, false, func(t *testing.T, dir string) {
			name := filepath.Join(dir, filepath.Base(torn[0]))
			require.NoError(t, os.Rename(name, dir+"/../kept"))
			require.NoError(t, os.Symlink("../kept", name))
		}},
		"a segment of another name":      {CheckSegments, false, func(t *testing.T, dir string) { write(t, dir, "9.jsonl", nil) }},
		"a segment far behind":           {CheckSegments, false, func(t *testing.T, dir string) { write(t, dir, "00000042.jsonl", nil) }},
		"an empty segment in the middle": {CheckSegments, false, func(t *testing.T, dir string) { write(t, dir, segmentFile(2), nil) }},
		"a checkpoint's root changed":    {CheckCheckpointSignature, false, edited(checkpointsName, "=\n\n", "=\n\n")},
		"an origin changed":              {CheckCheckpointOrigin, false, edited(checkpointsName, "0197a2b4", "0197a2b5")},
		"rubbish before a checkpoint":    {CheckCheckpointFormat, false, edited(checkpointsName, "\n\nagent", "\n\nrubbish\nagent")},
		"rubbish between checkpoints":    {CheckCheckpointFormat, false, edited(checkpointsName, "\n\nagent", "\n\nrubbish\n\nagent")},
		"a line too many in one":         {CheckCheckpointFormat, false, edited(checkpointsName, "=\n\n—", "=\nextra\n\n—")},
		"a key record that is forged":    {CheckEpochs, false, edited(segmentFile(0), `"vkey":"`, `"vkey":"a`)},
		"a key's handover changed":       {CheckEpochs, false, edited(segmentFile(0), `agent-telemetry key\n`, `agent-telemetry keys\n`)},
		"a prune record's number":        {CheckPrune, true, func(t *testing.T, dir string) { editAny(t, dir, `"first_seq":`, `"first_seq":1`) }},
		"a prune record's hash": {CheckCheckpointRoot, true, func(t *testing.T, dir string) {
			changeAny(t, dir, `"range":["`, func(b []byte, at int) []byte {
				digit := &b[at+len(`"range":["`)]
				*digit = map[bool]byte{true: '1', false: '0'}[*digit == '0']
				return b
			})
		}},
		"a prune record dropped": {CheckPrune, true, func(t *testing.T, dir string) { dropAny(t, dir, `"kind":"prune"`) }},
		"another segment pruned": {CheckPrune, true, func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, segmentFile(3)))) }},
		"a prefix removed": {CheckPrune, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, segmentFile(0))))
		}},
	}
	delete(mutations, "a checkpoint's root changed")
	for i := range len(whole.starts) {
		name := segmentFile(i)
		mutations["removed segment "+name] = mutation{map[bool]Check{true: CheckLength, false: CheckSegments}[i == len(whole.starts)-1], false, func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
		}}
		if i == 0 {
			mutations["removed segment "+name] = mutation{CheckPrune, false, mutations["removed segment "+name].change}
		}
		mutations["link in place of "+name] = mutation{CheckSegments, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Rename(filepath.Join(dir, name), filepath.Join(dir, "../"+name)))
			require.NoError(t, os.Symlink("../"+name, filepath.Join(dir, name)))
		}}
		mutations["directory in place of "+name] = mutation{CheckSegments, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
			require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		}}
		mutations["second name of "+name] = mutation{CheckSegments, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Link(filepath.Join(dir, name), filepath.Join(dir, "../second")))
		}}
		mutations["renamed far away "+name] = mutation{CheckSegments, false, func(t *testing.T, dir string) {
			require.NoError(t, os.Rename(filepath.Join(dir, name), filepath.Join(dir, "00000077.jsonl")))
		}}
		mutations["copied to the end "+name] = mutation{CheckSequence, false, func(t *testing.T, dir string) {
			write(t, dir, segmentFile(len(whole.starts)), read(t, dir, name))
		}}
		if i > 0 {
			mutations["exchanged with the one before "+name] = mutation{CheckSequence, false, func(t *testing.T, dir string) {
				a, b := read(t, dir, name), read(t, dir, segmentFile(i-1))
				write(t, dir, name, b)
				write(t, dir, segmentFile(i-1), a)
			}}
		}
	}
	for name, m := range mutations {
		t.Run(name, func(t *testing.T) {
			l := whole.copyLog(t)
			if m.pruned {
				l = pruned.copyLog(t)
			}
			m.change(t, l.dir)
			r := l.verify(t)
			assert.Contains(t, answers(r, Fail), m.check, "%+v", r.FirstBad)
			assert.Equal(t, Tampered, r.Verdict)
		})
	}
}

// editAny replaces text in whatever segment has it.
func editAny(t *testing.T, dir, old, now string) {
	t.Helper()
	changeAny(t, dir, old, func(b []byte, _ int) []byte { return bytes.Replace(b, []byte(old), []byte(now), 1) })
}

func dropAny(t *testing.T, dir, mark string) {
	t.Helper()
	changeAny(t, dir, mark, func(b []byte, at int) []byte {
		start := bytes.LastIndexByte(b[:at], '\n') + 1
		end := at + bytes.IndexByte(b[at:], '\n') + 1
		return append(bytes.Clone(b[:start]), b[end:]...)
	})
}

func changeAny(t *testing.T, dir, mark string, change func(b []byte, at int) []byte) {
	t.Helper()
	for i := range 100 {
		b, err := os.ReadFile(filepath.Join(dir, segmentFile(i)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		require.NoError(t, err)
		if at := bytes.Index(b, []byte(mark)); at >= 0 {
			write(t, dir, segmentFile(i), change(b, at))
			return
		}
	}
	t.Fatal("nothing has " + mark)
}
