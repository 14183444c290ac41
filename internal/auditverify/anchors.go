package auditverify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// maxAnchorBytes is how much is read of the anchors altogether.
const maxAnchorBytes = 512 << 20

// errNoAnchor says that where anchors were expected there is none.
var errNoAnchor = errors.New("there is no checkpoint in it")

// anchorSet holds the anchors by size.
type anchorSet struct {
	list    []*checkpoint // of this log, each once
	foreign int           // copies of other logs'
	example string        // origin of one of those
	broken  []Finding     // what could not be read
}

// loadAnchors reads checkpoints that were kept elsewhere: from files, and from
// the files of directories.
func loadAnchors(paths []string, origin string) (*anchorSet, error) {
	set := &anchorSet{}
	budget := int64(maxAnchorBytes)
	seen := make(map[[sha256.Size]byte]bool)
	for _, path := range paths {
		files, err := anchorFiles(path)
		if err != nil {
			return nil, err
		}
		found := 0
		for _, file := range files {
			text, err := readSmall(file, budget)
			if err != nil {
				return nil, fmt.Errorf("read anchor: %w", err)
			}
			budget -= int64(len(text))
			for notes := newNoteReader(bytes.NewReader(text)); ; {
				c, err := notes.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					set.broken = append(set.broken, Finding{Segment: file, Offset: c.offset, Message: err.Error()})
					if errors.Is(err, errTornNote) {
						break
					}
					continue
				}
				found++
				if c.origin != origin {
					set.foreign, set.example = set.foreign+1, c.origin
					continue
				}
				// The same checkpoint with other signatures is another one: one
				if id := sha256.Sum256(c.note); !seen[id] {
					seen[id] = true
					c.file, c.proof = file, proof{kind: Copy}
					set.list = append(set.list, &c)
				}
			}
		}
		if found == 0 {
			return nil, fmt.Errorf("read anchor %s: %w", path, errNoAnchor)
		}
	}
	slices.SortStableFunc(set.list, func(a, b *checkpoint) int { return cmp.Compare(a.size, b.size) })
	return set, nil
}

// anchorFiles returns the files of a directory, or the one that path names.
func anchorFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read anchor: %w", err)
	}
	if !info.IsDir() {
		// A link that the auditor names is theirs to follow.
		path, err = filepath.EvalSymlinks(path)
		if err != nil {
			return nil, fmt.Errorf("read anchor: %w", err)
		}
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read anchors: %w", err)
	}
	if len(entries) > maxFiles {
		return nil, fmt.Errorf("read anchors: %s has %d files, at most %d are read", path, len(entries), maxFiles)
	}
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, nil
}

// from returns the anchors of the given size or a larger one.
func (s *anchorSet) from(size int64) []*checkpoint {
	at, _ := slices.BinarySearchFunc(s.list, size, func(c *checkpoint, size int64) int { return cmp.Compare(c.size, size) })
	return s.list[at:]
}

// markKnown notes that the log's own checkpoints include an anchor.
func (s *anchorSet) markKnown(c *checkpoint) {
	for _, a := range s.from(c.size) {
		if a.size != c.size {
			return
		}
		if a.root == c.root {
			a.known = true
		}
	}
}
