package shellcommand

import (
	"slices"
	"strings"
)

// awkTokens splits an awk program: 'i' are names and numbers, 's' strings, 'r'
// regular expressions, 'P' is |&, 'O' is ||; the rest is its sign.
func awkTokens(code string) []token {
	var toks []token
	operand := false // a / behind an operand divides
	var open []bool  // brackets behind which a statement follows: if (…), while (…)
	for i := 0; i < len(code) && len(toks) < maxTokens; {
		c := code[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case c == '\\' && i+1 < len(code) && code[i+1] == '\n':
			i += 2
			continue
		case c == '#':
			j := strings.IndexByte(code[i:], '\n')
			if j < 0 {
				return toks
			}
			i += j
			continue
		case c == '"':
			s, n := awkString(code[i:])
			toks = append(toks, token{kind: 's', s: s})
			i += n
			operand = true
			continue
		case c == '/' && !operand:
			_, n := delimited(code[i:])
			toks = append(toks, token{kind: 'r'})
			i += n
			operand = true
			continue
		case isNameByte(c) && c != '$' && c != '@':
			j := i + 1
			for j < len(code) && (isNameByte(code[j]) && code[j] != '$' && code[j] != '@' || code[j] == '.' && c >= '0' && c <= '9') {
				j++
			}
			toks = append(toks, token{kind: 'i', s: code[i:j]})
			operand = !slices.Contains(awkStatements, code[i:j])
			i = j
			continue
		}
		kind, n := c, 1
		switch {
		case c == '\n':
			kind = ';'
		case strings.HasPrefix(code[i:], "|&"):
			kind, n = 'P', 2
		case strings.HasPrefix(code[i:], "||"):
			kind, n = 'O', 2
		case strings.HasPrefix(code[i:], "==") || strings.HasPrefix(code[i:], "!=") || strings.HasPrefix(code[i:], ">=") || strings.HasPrefix(code[i:], "<="):
			kind, n = 'E', 2
		}
		switch {
		case c == '(':
			n := len(toks)
			open = append(open, n > 0 && toks[n-1].kind == 'i' && slices.Contains(awkStatements, toks[n-1].s))
			operand = false
		case c == ')' && len(open) > 0:
			operand = !open[len(open)-1]
			open = open[:len(open)-1]
		case strings.HasPrefix(code[i:], "++") || strings.HasPrefix(code[i:], "--"):
			n = 2 // of the operand before it, or behind it
		default:
			operand = c == ')' || c == ']'
		}
		toks = append(toks, token{kind: kind})
		i += n
	}
	return toks
}

// awkString reads a string; n is its length with its quotes.
func awkString(s string) (text string, n int) {
	body, n := delimited(s)
	return ansiC(body), n
}

// delimited reads up to the sign with which s begins, escapes as they are.
func delimited(s string) (body string, n int) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return s[1:i], i + 1
		case '\n':
			return s[1:i], i
		}
	}
	return s[1:], len(s)
}

// awkStatements are words behind which an expression begins.
var awkStatements = []string{"if", "while", "for", "else", "do", "return", "print", "printf", "in", "exit", "delete", "case", "switch"}
