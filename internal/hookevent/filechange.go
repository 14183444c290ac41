package hookevent

import (
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// change is what a writing tool does to a file. Before and after are joined by
// id, which is the tool call's span id.
type change struct {
	id             string
	typ            string // pre_change, post_change, or "" for none
	before, after  string // SHA-256, hex; "" when the file was not there or not hashed
	skipped        string
	added, removed int64
	counted        bool
}

// ChangesFile reports whether the payload is a call of a tool that writes a
// file, so that the file is worth hashing.
func (p Payload) ChangesFile() bool {
	if p.Err != nil {
		return false
	}
	switch p.HookEvent() {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure":
	default:
		return false
	}
	switch p.ToolName() {
	case "Write", "Edit", "MultiEdit", "NotebookEdit":
		return true
	}
	return false
}

func (b *builder) fileChange() change {
	if !b.p.ChangesFile() {
		return change{}
	}
	c := change{skipped: b.c.File.Skipped}
	if id := b.p.ToolUseID(); id != "" {
		span := SpanID(id)
		c.id = hex.EncodeToString(span[:])
	}
	if b.p.HookEvent() == "PreToolUse" {
		c.typ, c.before = semconv.ChangeTypePre, b.c.File.SHA256
		return c
	}
	c.typ, c.after = semconv.ChangeTypePost, b.c.File.SHA256
	if original, ok := b.p.response()["originalFile"].(string); ok && len(original) <= filehash.MaxBytes {
		c.before = filehash.Text(original)
	}
	if b.p.HookEvent() == "PostToolUse" {
		c.added, c.removed, c.counted = b.p.lineCounts()
	}
	return c
}

// lineCounts counts lines added and removed: from the response's patch, else
// from its git figures, else the lines of a file that was created.
func (p Payload) lineCounts() (added, removed int64, ok bool) {
	r := p.response()
	patch := list(r, "structuredPatch")
	for _, h := range patch {
		hunk, _ := h.(map[string]any)
		for _, l := range list(hunk, "lines") {
			switch line, _ := l.(string); {
			case strings.HasPrefix(line, "+"):
				added++
			case strings.HasPrefix(line, "-"):
				removed++
			}
		}
	}
	if len(patch) > 0 {
		return added, removed, true
	}
	git := object(r, "gitDiff")
	if add, ok := integer(git, "additions"); ok {
		del, _ := integer(git, "deletions")
		return add, del, true
	}
	if content, isText := p.input()["content"].(string); isText && text(r, "type") == "create" {
		return lines(content), 0, true
	}
	return 0, 0, r["structuredPatch"] != nil
}

func lines(s string) int64 {
	n := int64(strings.Count(s, "\n"))
	if s != "" && !strings.HasSuffix(s, "\n") {
		n++
	}
	return n
}

func (c change) attributes() []attribute.KeyValue {
	if c.typ == "" {
		return nil
	}
	f := make(fieldset, 0, 4)
	f.str(semconv.FileHashBefore, c.before)
	f.str(semconv.FileHashAfter, c.after)
	f.str(semconv.FileHashSkipped, c.skipped)
	f.num(semconv.FileLinesAdded, c.added, c.counted)
	f.num(semconv.FileLinesRemoved, c.removed, c.counted)
	return f
}

func (c change) body() []attribute.KeyValue {
	if c.typ == "" {
		return nil
	}
	f := make(fieldset, 0, 6)
	f.str(semconv.ChangeID, c.id)
	f.str(semconv.ChangeType, c.typ)
	if c.typ == semconv.ChangeTypePre {
		f.str(semconv.ChangeFileHash, c.before)
	} else {
		f.str(semconv.ChangeFileHash, c.after)
	}
	f.str(semconv.ChangeHashSkipped, c.skipped)
	f.num(semconv.ChangeDiffLines, c.added+c.removed, c.counted)
	f.num(semconv.ChangeLinesAdded, c.added, c.counted)
	f.num(semconv.ChangeLinesRemoved, c.removed, c.counted)
	return f
}
