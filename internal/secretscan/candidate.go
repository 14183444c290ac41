package secretscan

// Two cheap looks decide whether a text is searched: it must have a word that
// could be a secret, and a keyword of a rule before or around it.

// isWord are the bytes that secrets are made of, but for those that part paths
// and names of hosts.
var isWord = table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=_~-")

func table(bytes string) (t [256]bool) {
	for i := range len(bytes) {
		t[bytes[i]] = true
	}
	return t
}

// Words that could be a secret.
const (
	minWord  = 8  // with a digit
	minMixed = 16 // with letters of either case only
)

// hasCandidate reports whether a word of text could be a secret, or a part of one.
func hasCandidate(text string) bool {
	var length int
	var digit, small, large bool
	for i := range len(text) {
		c := text[i]
		if !isWord[c] {
			length, digit, small, large = 0, false, false, false
			continue
		}
		length++
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case 'a' <= c && c <= 'z':
			small = true
		case 'A' <= c && c <= 'Z':
			large = true
		}
		if digit && length >= minWord && (small || large || length >= minMixed) || small && large && length >= minMixed {
			return true
		}
	}
	return false
}

// worth returns the rules that could find anything in text.
func (k *keywordSet) worth(text string, mode Mode) ruleSet {
	if !hasCandidate(text) {
		return ruleSet{}
	}
	return k.in(text, mode)
}

// assigns reports whether text, which follows a general word such as "key",
// could be the rest of a name with a value: gitleaks's rule for them wants a sign
// of assignment near by and a value with a digit in it.
func assigns(text string) bool {
	i := 0
	for ; i < len(text) && i < 24; i++ {
		c := text[i]
		if !isWord[c] && c != ' ' && c != '\t' && c != '.' && c != '"' && c != '\'' && c != '\n' && c != '\r' || c == '=' {
			break
		}
	}
	if i == len(text) || !isSign[text[i]] {
		return false
	}
	for end := min(len(text), i+12); i < end && isLead[text[i]]; {
		i++
	}
	length, digit := 0, false
	for end := min(len(text), i+150); i < end && (isWord[text[i]] || text[i] == '.' || text[i] == '/'); i++ {
		length++
		digit = digit || text[i] >= '0' && text[i] <= '9' || text[i] == '='
		if digit && length >= 10 {
			return true
		}
	}
	return false
}

var (
	isSign = table("=>:|?,")
	isLead = table("=>:|?,`'\" \t\r\n")
)
