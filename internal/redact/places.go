package redact

import "strings"

// An expression that may begin anywhere takes a microsecond a byte to run over a
// text. The rules for what stands in many commands are therefore run only at the
// places where what they look for can begin.

// places finds the next place at or behind from where a match can begin, and
// where to go on when none does; -1 when there is no other place.
type places func(s string, from int) (start, next int)

// atSigns finds the beginning of each name before a sign of assignment that ends
// like the name of a secret.
func atSigns(s string, from int) (start, next int) {
	for {
		i := strings.IndexAny(s[from:], "=:")
		if i < 0 {
			return -1, -1
		}
		i += from
		end := i
		for low := max(from, i-maxGap); end > low && isGap(s[end-1]); {
			end--
		}
		start = end
		for low := max(from, end-maxName); start > low && isName(s[start-1]); {
			start--
		}
		if start < end && namesSecret(s[start:end]) && !inMark(s, start) {
			return start, i + 1
		}
		from = i + 1
	}
}

// maxGap is how many bytes may stand between a name and its sign.
const maxGap = 16

func isGap(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '\\'
}

func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

func namesSecret(name string) bool {
	if tail := len(name) - 48; tail > 0 {
		name = name[tail:]
	}
	name = strings.ToLower(name)
	for _, end := range []string{"value", "id", "access_key", "access-key", "accesskey"} {
		if cut, ok := strings.CutSuffix(name, end); ok {
			if before := strings.TrimRight(cut, "_-"); namesSecret(before) {
				return true
			}
		}
	}
	if strings.HasSuffix(name, "sig") {
		return true
	}
	for _, end := range nameEnds {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// atOptions finds what stands before each option.
func atOptions(s string, from int) (start, next int) {
	for i := from; i < len(s); i++ {
		j := strings.IndexByte(s[i:], '-')
		if j < 0 {
			return -1, -1
		}
		switch i += j; {
		case i == 0:
			return 0, 1
		case i > from && (s[i-1] == ' ' || s[i-1] == '\t' || s[i-1] == '\n' || s[i-1] == '\r' || s[i-1] == '\f' || s[i-1] == '\v'):
			return i - 1, i + 1
		}
	}
	return -1, -1
}

// replaceAt is ReplaceAllStringFunc for an expression that matches only where a
// text begins, at each of the rule's places.
func (r *rule) replaceAt(s string, count *int) string {
	var out strings.Builder
	done := 0
	for from := 0; ; {
		start, next := r.places(s, from)
		if start < 0 {
			break
		}
		from = next
		found := r.pattern().FindStringIndex(s[start:])
		if found == nil {
			continue
		}
		from = start + found[1]
		hit := s[start:from]
		if clean := r.replace(hit); clean != hit {
			*count++
			out.WriteString(s[done:start])
			out.WriteString(clean)
			done = from
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}
