package reconcile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// use is a tool call as a transcript tells of it.
type use struct {
	tool    string
	at      time.Time
	done    bool // it succeeded, so a PostToolUse was due
	refused bool // Claude Code refused the call before it ran a hook
}

// transcriptLine is what is needed of a line of a transcript.
type transcriptLine struct {
	Timestamp json.RawMessage `json:"timestamp"`
	Message   struct {
		Content json.RawMessage `json:"content"`
	} `json:"message"`
}

type block struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	ToolUseID string          `json:"tool_use_id"`
	IsError   bool            `json:"is_error"`
	Content   json.RawMessage `json:"content"`
}

// maxUses bounds the calls of one session's transcripts.
const maxUses = 1_000_000

var errTooManyUses = errors.New("has too many tool calls")

// readTranscript adds the tool calls of a transcript to uses. Lines that cannot
// be read are counted and passed over.
func readTranscript(r io.Reader, uses map[string]*use) (unreadable int, err error) {
	lines := bufio.NewReaderSize(r, 1<<16)
	var buf []byte
	for {
		line, n, err := nextLine(lines, buf)
		buf = line
		if n > 0 && !addLine(line, n, uses) {
			unreadable++
		}
		switch {
		case len(uses) > maxUses:
			return unreadable, errTooManyUses
		case errors.Is(err, io.EOF):
			return unreadable, nil
		case err != nil:
			return unreadable, fmt.Errorf("read transcript: %w", err)
		}
	}
}

// nextLine reads a line of n bytes, of which it keeps at most maxLineBytes.
func nextLine(r *bufio.Reader, buf []byte) (line []byte, n int, err error) {
	line = buf[:0]
	for {
		part, err := r.ReadSlice('\n')
		if n += len(part); n <= maxLineBytes {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, n, err
		}
	}
}

// addLine reports whether the line could be read.
func addLine(line []byte, n int, uses map[string]*use) bool {
	if n > maxLineBytes {
		return false
	}
	if len(strings.TrimSpace(string(line[:min(len(line), 8)]))) == 0 {
		return true
	}
	var l transcriptLine
	if err := json.Unmarshal(line, &l); err != nil {
		return json.Valid(line) // a line of another shape tells of no call
	}
	var blocks []block
	if len(l.Message.Content) == 0 || l.Message.Content[0] != '[' || json.Unmarshal(l.Message.Content, &blocks) != nil {
		return true
	}
	var at time.Time
	_ = json.Unmarshal(l.Timestamp, &at) // the zero time, where it is none
	for i := range blocks {
		addBlock(&blocks[i], at, uses)
	}
	return true
}

func addBlock(b *block, at time.Time, uses map[string]*use) {
	switch b.Type {
	case "tool_use":
		if id := short(b.ID); id != "" && uses[id] == nil {
			uses[id] = &use{tool: short(b.Name), at: at}
		}
	case "tool_result":
		if u := uses[short(b.ToolUseID)]; u != nil {
			// After an error there may be none: a person or another hook said no.
			u.done = !b.IsError
			u.refused = b.IsError && refusedBeforeHooks(b.Content)
		}
	}
}

// refusedBeforeHooks reports whether a result says that the call never reached
// a hook: its input is not what the tool takes, or there is no such tool.
func refusedBeforeHooks(content json.RawMessage) bool {
	var text string
	if json.Unmarshal(content, &text) != nil {
		return false
	}
	text = strings.TrimPrefix(text, "<tool_use_error>")
	return strings.HasPrefix(text, "InputValidationError") || strings.HasPrefix(text, "Error: No such tool available")
}
