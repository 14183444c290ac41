package detection

// Glob matches a text with a pattern, whole: * is any text, ? any one character,
// a backslash takes the next one as it is. The bytes in stop are matched by none
// of both; ** is any text with them. The work is bounded by the product of both
// lengths.
func Glob(pattern, text, stop string) bool {
	p, t := 0, 0
	// Where to go on when what follows does not fit: behind the last * and behind
	// the last **.
	star, starText := -1, 0
	deep, deepText := -1, 0
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				if p+1 < len(pattern) && pattern[p+1] == '*' {
					for p < len(pattern) && pattern[p] == '*' {
						p++
					}
					deep, deepText, star = p, t, -1
					continue
				}
				p++
				star, starText = p, t
				continue
			case c == '?' && !stops(stop, text[t]):
				p, t = p+1, t+1
				continue
			case c == '\\' && p+1 < len(pattern) && pattern[p+1] == text[t]:
				p, t = p+2, t+1
				continue
			case c == text[t] && c != '\\' && c != '?':
				p, t = p+1, t+1
				continue
			}
		}
		if star >= 0 && !stops(stop, text[starText]) {
			starText++
			p, t = star, starText
			continue
		}
		if deep < 0 {
			return false
		}
		deepText++
		p, t, star = deep, deepText, -1
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

func stops(stop string, c byte) bool {
	for i := range len(stop) {
		if stop[i] == c {
			return true
		}
	}
	return false
}
