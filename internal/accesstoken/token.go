// Package accesstoken keeps the bearer token of the collector's loopback TCP
// listener. Collector and installer both need it and come in any order.
package accesstoken

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

const (
	tokenBytes    = 32
	minTokenChars = 32 // a shorter one was not made by us
	maxTokenChars = 1024
)

// Ensure returns the token, and makes it when there is none; of several that
// try at once the first wins, and all return its token.
func Ensure(home statedir.Dir) (token string, made bool, err error) {
	token, err = Read(home)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, false, err
	}
	for _, dir := range []string{string(home), home.Run()} {
		if err := statedir.Ensure(dir); err != nil {
			return "", false, fmt.Errorf("make token: %w", err)
		}
	}
	var secret [tokenBytes]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", false, fmt.Errorf("make token: %w", err)
	}
	// A hard link to a complete file: unlike O_EXCL and a write, nobody can
	// ever read half a token.
	tmp, err := writeTemp(home.Run(), base64.RawURLEncoding.EncodeToString(secret[:])+"\n")
	if err != nil {
		return "", false, fmt.Errorf("make token: %w", err)
	}
	err = os.Link(tmp, home.TokenFile())
	made = err == nil
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err = errors.Join(err, os.Remove(tmp)); err != nil {
		return "", false, fmt.Errorf("make token: %w", err)
	}
	token, err = Read(home)
	return token, made, err
}

// Read returns the token. The error is an fs.ErrNotExist when there is none.
func Read(home statedir.Dir) (string, error) {
	path := home.TokenFile()
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxTokenChars {
		return "", fmt.Errorf("read token: %s is not a token file: remove it and run the command again", path)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return "", fmt.Errorf("read token: %s belongs to another user: remove it and run the command again", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("read token: %s can be read by others: run `chmod 600 %s`, or remove it to get a new one", path, path)
	}
	text, err := safefile.Read(path, maxTokenChars)
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < minTokenChars || strings.ContainsAny(token, " \t\r\n\x00") {
		return "", fmt.Errorf("read token: %s holds no usable token: remove it, restart the collector and run the command again", path)
	}
	return token, nil
}

// writeTemp writes text, safe on disk, to a new file in dir that only its owner
// can read.
func writeTemp(dir, text string) (path string, err error) {
	tmp, err := os.CreateTemp(dir, ".token-*") // 0600
	if err != nil {
		return "", fmt.Errorf("create temporary file: %w", err)
	}
	_, err = tmp.WriteString(text)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write temporary file: %w", err), os.Remove(tmp.Name()))
	}
	return tmp.Name(), nil
}
