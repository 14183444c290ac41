package shellcommand

import (
	"errors"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// analyzer is one analysis.
type analyzer struct {
	out     Analysis
	room    *room
	opt     Options
	steps   int
	depth   int
	parsed  int
	texts   int
	matched int
	words   int
	files   map[string]*collector // what this command line wrote into a file, by path
	git     map[string]string     // git's aliases that this command line configured
	active  []string              // functions being called
	known   map[string]*program
	early   []reader // of files
	traps   []func() // what runs when the shell ends
}

var parsers = sync.Pool{New: func() any {
	return syntax.NewParser(syntax.Variant(syntax.LangBash))
}}

// Analyze says what a command line of a POSIX-like shell would do. It never fails:
// see Analysis.SyntaxError, Opaque and Truncated for what it could not tell.
func Analyze(command string, o Options) *Analysis {
	return newAnalyzer(o).guarded((*analyzer).shellLine, command)
}

// guarded runs an analysis. The parser is a library's and the input a stranger's:
// what was found before a panic is kept.
func (a *analyzer) guarded(analyze func(*analyzer, string), command string) (found *Analysis) {
	defer func() {
		if recover() != nil {
			a.opaque(OpaqueSyntax)
			a.out.Truncated = true
			found = a.found() // and its room is not used again
		}
	}()
	analyze(a, command)
	found = a.found()
	a.release()
	return found
}

func (a *analyzer) shellLine(command string) {
	a.room.shell = shell{dir: a.opt.Dir, home: a.opt.Home}
	a.whole(ctx{sh: &a.room.shell}, command)
	for n := 0; n < len(a.traps) && n < maxValues; n++ {
		a.traps[n]()
	}
	a.late()
}

// whole analyses a command line of any length.
func (a *analyzer) whole(c ctx, command string) {
	if len(command) <= maxSource {
		a.code(c, command)
		return
	}
	a.bound()
	head, rest := command[:maxSource-maxTail], command[maxSource-maxTail:]
	if i := strings.LastIndexByte(head, '\n'); i > maxTail {
		head, rest = head[:i+1], command[i+1:]
	}
	word := a.code(c, head)
	if word != "" { // the head ends in a here-document: go on behind it
		i := strings.Index(rest, "\n"+word+"\n")
		if i < 0 {
			return
		}
		rest = rest[i+len(word)+2:]
	}
	if len(rest) > maxTail {
		rest = rest[len(rest)-maxTail:]
		if i := strings.IndexByte(rest, '\n'); i >= 0 && i < len(rest)-1 {
			rest = rest[i+1:]
		}
	}
	a.code(c, rest)
}

// placeholder stands for Unknown in code that is parsed, as the parser skips NUL.
const placeholder = "\uf8f0"

// code analyses shell code in c. It returns the delimiter of a here-document that
// was not closed, "" when there is none.
func (a *analyzer) code(c ctx, src string) (openHeredoc string) {
	if !a.enter() {
		return ""
	}
	defer a.leave()
	if strings.Contains(src, Unknown) {
		src = strings.ReplaceAll(src, Unknown, placeholder)
	}
	if strings.Contains(src, "\r\n") {
		src = strings.ReplaceAll(src, "\r\n", "\n")
	}
	if i := nestedTooDeep(src); i >= 0 {
		a.bound()
		tail := strings.TrimLeft(src[i:], "(){}$`\"' \t\n")
		if word := a.parse(c, src[:i]); word != "" {
			_, behind, ok := strings.Cut(src[i:], "\n"+word+"\n")
			if !ok {
				return ""
			}
			tail = behind
		}
		if j := nestedTooDeep(tail); j < 0 {
			a.parse(c, tail)
		}
		return ""
	}
	return a.parse(c, src)
}

// parse parses src and analyses its statements; behind a syntax error it goes on
// as well as it can.
func (a *analyzer) parse(c ctx, src string) (openHeredoc string) {
	if a.parsed += len(src); a.parsed > maxParsed {
		a.bound()
		return ""
	}
	c.src = src
	stmts, err := parseStmts(src, syntax.LangBash)
	if err != nil {
		if word := unclosedHeredoc(err, src); word != "" {
			// The shell takes what there is, too.
			closed := strings.TrimSuffix(src, "\n") + "\n" + word + "\n"
			if again, err2 := parseStmts(closed, syntax.LangBash); err2 == nil {
				c.src = closed
				a.stmts(c, again)
				return word
			}
		}
		if again, err2 := parseStmts(src, syntax.LangZsh); err2 == nil {
			a.stmts(c, again)
			return ""
		}
	}
	a.stmts(c, stmts)
	if err != nil {
		a.syntaxError(err)
		end := 0
		if n := len(stmts); n > 0 {
			end = min(int(stmts[n-1].End().Offset()), len(src))
		}
		a.recoverFrom(c, src[end:])
	}
	return ""
}

func parseStmts(src string, lang syntax.LangVariant) ([]*syntax.Stmt, error) {
	if lang == syntax.LangBash {
		if stmts, ok := parsePlain(src); ok {
			return stmts, nil
		}
	}
	return parseAny(src, lang)
}

// parseAny has the parser read src.
func parseAny(src string, lang syntax.LangVariant) (stmts []*syntax.Stmt, err error) {
	p, _ := parsers.Get().(*syntax.Parser)
	if lang != syntax.LangBash {
		p = syntax.NewParser(syntax.Variant(lang))
	}
	defer func() {
		if recover() != nil {
			err = errors.New("the parser failed") // and is not used again
			return
		}
		if lang == syntax.LangBash {
			parsers.Put(p)
		}
	}()
	for s, e := range p.StmtsSeq(strings.NewReader(src)) {
		if e != nil {
			return stmts, e
		}
		stmts = append(stmts, s)
	}
	return stmts, nil
}

func (a *analyzer) syntaxError(err error) {
	a.opaque(OpaqueSyntax)
	if a.out.SyntaxError == "" {
		a.out.SyntaxError = cut(strings.ReplaceAll(err.Error(), placeholder, "…"), 200)
	}
}

// unclosedHeredoc returns the delimiter of the here-document that err says is not
// closed.
func unclosedHeredoc(err error, src string) string {
	msg := err.Error()
	const mark = "unclosed here-document"
	i := strings.Index(msg, mark)
	if i < 0 {
		return ""
	}
	word := strings.Trim(msg[i+len(mark):], " `'\"")
	if word == "" || strings.ContainsAny(word, "\n`'\"") || !strings.Contains(src, word) {
		return ""
	}
	return word
}

// closers are tried behind a line that does not parse.
var closers = []string{"'", "\"", ")", "`", "\")", "}", "; fi", "; done", "\n}", "; esac"}

// recoverFrom analyses what stands behind a syntax error, line by line, with the
// repairs that make most lines readable.
func (a *analyzer) recoverFrom(c ctx, rest string) {
	tried := 0
	for rest != "" {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		line = strings.TrimLeft(line, " \t;&|)}")
		if line == "" {
			continue
		}
		if tried++; tried > maxRecovered || !a.step() {
			a.bound()
			return
		}
		a.recoverLine(c, line)
	}
}

func (a *analyzer) recoverLine(c ctx, line string) {
	for _, word := range []string{"then ", "do ", "else ", "fi", "done", "esac"} {
		if strings.HasPrefix(line, word) {
			line = strings.TrimLeft(line[len(word):], " \t;&|)}")
		}
	}
	try := func(src string) bool {
		if a.parsed += len(src); a.parsed > maxParsed {
			a.bound()
			return true
		}
		stmts, err := parseStmts(src, syntax.LangBash)
		if err != nil {
			return false
		}
		c.src = src
		a.stmts(c, stmts)
		return true
	}
	if line == "" || try(line) {
		return
	}
	for _, closer := range closers {
		if try(line + closer) {
			return
		}
	}
	bare := strings.Map(func(r rune) rune {
		switch r {
		case '\'', '"', '`', '(', ')', '{', '}', '<', '>':
			return ' '
		}
		return r
	}, line)
	if try(bare) {
		return
	}
	for part := range strings.FieldsFuncSeq(bare, func(r rune) bool { return r == ';' || r == '&' || r == '|' }) {
		if !a.step() {
			return
		}
		try(part)
	}
}
