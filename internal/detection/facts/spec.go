package facts

import (
	"strings"
	"sync"
)

// spec is what is known of a program's arguments.
type spec struct {
	operands []byte // roles, in order
	star     int    // index of the one that repeats; -1 when none does
	options  map[string]byte
	single   bool // long options have one dash
	posix    bool // options end at the first operand
	text     bool // arguments are text, not names
	known    bool
}

// Roles of arguments.
const (
	roleRead    = 'r'
	roleTree    = 'R' // read with all below
	roleWrite   = 'w'
	roleDelete  = 'd'
	roleExecute = 'x'
	roleMode    = 'm'
	roleList    = 'l'
	roleMove    = 'v'
	roleNone    = 'n'
	roleURL     = 'u'
	roleHost    = 'h'
	roleShell   = 'c' // a command line
	roleCode    = 'k' // a program in the interpreter's language
	roleUse     = 'p' // a credential used for what it is for
	roleData    = '@' // data that is sent; @file is a file
	roleUpload  = 'U' // a file that is sent
	roleLibrary = 'L' // code that is loaded
	roleAny     = '%' // a path where it looks like one that matters
)

// takes reports whether an option has a value.
func (s *spec) takes(name string) bool {
	if len(s.options) == 0 {
		return false
	}
	_, ok := s.options[name]
	if !ok && len(name) > 4 && name[1] == '-' {
		for n := range s.options {
			if len(n) > len(name) && strings.HasPrefix(n, name) {
				return true
			}
		}
	}
	return ok
}

// role is what an option's value is.
func (s *spec) role(name string) byte {
	if r, ok := s.options[name]; ok {
		return r
	}
	r, first := byte(roleAny), ""
	if len(name) > 4 && name[1] == '-' {
		for n := range s.options {
			// Of several the first by name, so that it is always the same.
			if strings.HasPrefix(n, name) && (first == "" || n < first) {
				r, first = s.options[n], n
			}
		}
	}
	return r
}

// operand is what the i-th of n operands is.
func (s *spec) operand(i, n int) byte {
	k := len(s.operands)
	switch {
	case k == 0:
		return roleAny
	case s.star < 0:
		if i < k {
			return s.operands[i]
		}
		return roleAny
	}
	after := k - 1 - s.star // roles behind the one that repeats
	switch {
	case i < s.star:
		return s.operands[i]
	case i >= n-after && n > after:
		return s.operands[k-(n-i)]
	}
	return s.operands[s.star]
}

var unknownSpec = &spec{star: -1}

var specs = sync.OnceValue(func() map[string]*spec {
	m := make(map[string]*spec, 512)
	for _, table := range []string{fileSpecs, archiveSpecs, textSpecs, networkSpecs, codeSpecs, systemSpecs, developSpecs} {
		for line := range strings.Lines(table) {
			readSpec(m, strings.TrimSpace(line))
		}
	}
	return m
})

func specOf(program string) *spec {
	if s := specs()[program]; s != nil {
		return s
	}
	return unknownSpec
}

// readSpec reads a line of a table: programs | operands | options. An operand is a
// role, with * when it repeats. An option is its name and the role of its value;
// :single, :posix and :text say how the program reads its arguments.
func readSpec(m map[string]*spec, line string) {
	parts := strings.SplitN(line, "|", 3)
	if len(parts) < 2 {
		return
	}
	s := &spec{star: -1, known: true}
	for i, w := range strings.Fields(parts[1]) {
		if strings.HasSuffix(w, "*") {
			s.star = i
		}
		s.operands = append(s.operands, w[0])
	}
	if len(parts) == 3 {
		for w := range strings.FieldsSeq(parts[2]) {
			switch w {
			case ":single":
				s.single = true
			case ":posix":
				s.posix = true
			case ":text":
				s.text = true
			default:
				name, role, _ := strings.Cut(w, ":")
				if s.options == nil {
					s.options = map[string]byte{}
				}
				if role == "" {
					role = string(rune(roleNone))
				}
				s.options[name] = role[0]
			}
		}
	}
	for name := range strings.FieldsSeq(parts[0]) {
		m[name] = s
	}
}
