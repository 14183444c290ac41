package facts

import "strings"

// environment prints variables, among them secrets.
func (b *builder) environment(c *call) {
	switch c.prog {
	case "set":
		if len(c.args) > 0 {
			return
		}
	case "env":
		if len(c.pos) > 0 {
			return
		}
	case "export", "declare", "typeset":
		if len(c.pos) == 0 && !c.has("-f", "-F") {
			b.step.own.add(0, "environment")
		}
		return
	case "compgen":
		if c.has("-v", "-e") {
			b.step.own.add(0, "environment")
		}
		return
	case "ps":
		if w := c.word(0); strings.Contains(w, "e") && strings.Trim(w, "auxewf") == "" && w != "" && w[0] != '-' || c.arg("eww", "-E") {
			b.step.own.add(0, "environment")
		}
		return
	}
	if len(c.pos) == 0 {
		b.step.own.add(0, "environment")
		return
	}
	for _, w := range c.pos {
		if secretName(w) {
			b.step.own.add(0, "$"+w)
			b.act(ActSecretPrint, w)
		}
	}
}

// secretName reports whether a variable's name says that it holds a secret.
func secretName(name string) bool {
	up := strings.ToUpper(name)
	for _, part := range [...]string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL", "_KEY", "_PASS", "_PAT"} {
		if strings.Contains(up, part) {
			return !strings.HasSuffix(up, "_KEY_ID") && !strings.HasSuffix(up, "PUBLIC_KEY") && !strings.Contains(up, "TOKENIZ") && !strings.HasSuffix(up, "_KEYS_COUNT") && !strings.HasSuffix(up, "_PATH")
		}
	}
	return false
}

// secretVariables gives the names of secret variables that a text uses.
func secretVariables(text string) string {
	for rest := text; ; {
		i := strings.IndexByte(rest, '$')
		if i < 0 || i+1 >= len(rest) {
			return ""
		}
		rest = strings.TrimPrefix(rest[i+1:], "{")
		end := 0
		for end < len(rest) && (isLetter(rest[end]) || rest[end] == '_' || rest[end] >= '0' && rest[end] <= '9') {
			end++
		}
		if end > 3 && secretName(rest[:end]) {
			return rest[:end]
		}
	}
}
