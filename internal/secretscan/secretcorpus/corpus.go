package secretcorpus

import (
	"encoding/base64"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"unicode/utf16"
)

// Kind is one kind of secret.
type Kind struct {
	Name   string
	Secret string
	// Env is the variable that people keep it in.
	Env string
	// Formless secrets look like any other word: only a name tells what they are.
	Formless bool
	// Form is how it stands in a command when not as a variable's value; %s is the
	// secret.
	Form string
}

// Sample is a secret in a command.
type Sample struct {
	// Place is command, url, env, heredoc, base64, base64_lines or powershell.
	Place string
	// Text is the command.
	Text string
}

// Samples returns commands that hold the secret, one for each place.
func (k Kind) Samples() []Sample {
	assigned := k.Env + "=" + k.Secret
	command := "printf '%s' " + k.Secret + " | " + strings.ToLower(k.Env) + " --stdin"
	if k.Formless {
		command = "deploy --all --" + strings.ReplaceAll(strings.ToLower(k.Env), "_", "-") + " " + k.Secret
	}
	url := "curl -fsS 'https://api.example.com/v1/items?" + strings.ToLower(k.Env) + "=" + k.Secret + "&page=2'"
	if k.Form != "" {
		assigned = strings.ReplaceAll(k.Form, "%s", k.Secret)
		command = assigned
		url = ""
	}
	env := assigned + " ./deploy.sh --all"
	if k.Form != "" {
		env = "export RUN=1; " + assigned
	}
	file := "HOST=example.com\n" + assigned + "\nPORT=8080\n"
	filler := "# " + strings.Repeat("settings of this service ", 4) + "\n"
	samples := []Sample{
		{Place: "command", Text: command},
		{Place: "env", Text: env},
		{Place: "heredoc", Text: "cat > app.env <<'EOF'\n" + file + "EOF"},
		{Place: "base64", Text: "echo " + base64.StdEncoding.EncodeToString([]byte(file)) + " | base64 -d > app.env"},
		{Place: "base64_lines", Text: "base64 -d > app.env <<EOF\n" + lines(base64.StdEncoding.EncodeToString([]byte(filler+file+filler))) + "EOF"},
		{Place: "powershell", Text: "powershell -EncodedCommand " + base64.StdEncoding.EncodeToString(wide(file))},
	}
	if url != "" {
		samples = append(samples, Sample{Place: "url", Text: url})
	}
	return samples
}

func lines(s string) string {
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return out.String() + s + "\n"
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8)) //nolint:gosec // its two halves
	}
	return out
}

// Letters that secrets are made of.
const (
	digits = "0123456789"
	hexes  = "0123456789abcdef"
	lowers = "abcdefghijklmnopqrstuvwxyz0123456789"
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	mixed  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// maker makes the random parts of one kind, always the same.
type maker struct{ r *rand.Rand }

func newMaker(name string) maker {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))                      // a hash takes everything
	return maker{rand.New(rand.NewPCG(h.Sum64(), 7))} //nolint:gosec // nothing of it is secret
}

func (m maker) of(letters string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[m.r.IntN(len(letters))]
	}
	return string(out)
}

func (m maker) uuid() string {
	return m.of(hexes, 8) + "-" + m.of(hexes, 4) + "-4" + m.of(hexes, 3) + "-a" + m.of(hexes, 3) + "-" + m.of(hexes, 12)
}

func (m maker) pem(label string) string {
	body := strings.ReplaceAll(lines(m.of(mixed+"+/", 380)), "\r", "")
	return "-----BEGIN " + label + "-----\n" + body + "-----END " + label + "-----"
}

func (m maker) jwt() string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(`{"sub":"`+m.of(digits, 10)+`","name":"x"}`) + "." + m.of(mixed, 43)
}
