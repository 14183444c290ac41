package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
)

// editedLines makes the file that is edited about 20 KB long.
const editedLines = 500

// writeEdited writes the file that the Edit payloads name, so that there is
// something to hash.
func writeEdited(project string) error {
	text := "package cart\n" + strings.Repeat("// The total of a cart, without vouchers.\n", editedLines)
	if err := os.WriteFile(filepath.Join(project, "src", "cart.go"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the edited file: %w", err)
	}
	return nil
}

// sessionOf gives each way a session of its own.
func sessionOf(way string) string {
	sum := sha256.Sum256([]byte(way))
	return "bench-" + hex.EncodeToString(sum[:8])
}

// context2KB is what an Edit's answer quotes of the file, to about 2 KB.
var context2KB = strings.Repeat(` // The total of a cart, without vouchers.\n`, 28)

// payload is a PostToolUse of Edit, about 2 KB, in even samples and a PreToolUse
// of Bash in odd ones and for the ways of enforcement, each the first of its kind.
func payload(way, project string, sample int) []byte {
	f := hookfixtures.Named("shell/test-pre")
	if sample%2 == 0 && way != wayBefore && way != wayEnforce {
		f = hookfixtures.Named("files/edit-post")
	}
	raw := f.PayloadIn(project, sessionOf(way))
	raw = bytes.Replace(raw, []byte(f.ToolUseID), fmt.Appendf(nil, "toolu_%06d", sample), 1)
	return bytes.Replace(raw, []byte(`"originalFile": "package cart\n`), []byte(`"originalFile": "package cart\n`+context2KB), 1)
}
