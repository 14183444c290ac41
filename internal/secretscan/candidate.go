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

// What the bytes of a word are.
const (
	isOther = 1 << iota
	isDigit
	isSmall
	isLarge
)

// classes has 0 for what parts words.
var classes = func() (t [256]uint8) {
	for i, word := range isWord {
		switch {
		case !word:
		case '0' <= i && i <= '9':
			t[i] = isDigit
		case 'a' <= i && i <= 'z':
			t[i] = isSmall
		case 'A' <= i && i <= 'Z':
			t[i] = isLarge
		default:
			t[i] = isOther
		}
	}
	return t
}()

// hasCandidate reports whether a word of text could be a secret, or a part of one.
func hasCandidate(text string) bool {
	start, has := 0, uint8(0)
	for i := range len(text) {
		if class := classes[text[i]]; class != 0 {
			has |= class
			continue
		}
		if i-start >= minWord && couldBeSecret(i-start, has) {
			return true
		}
		start, has = i+1, 0
	}
	return len(text)-start >= minWord && couldBeSecret(len(text)-start, has)
}

func couldBeSecret(length int, has uint8) bool {
	switch {
	case has&isDigit != 0:
		return has&(isSmall|isLarge) != 0 || length >= minMixed
	case length >= minMixed:
		return has&isSmall != 0 && has&isLarge != 0
	}
	return false
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
