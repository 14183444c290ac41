package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxPlain is the longest source that parsePlain reads, in bytes: less than what the
// parser takes in at once.
const maxPlain = 1000

// parsePlain parses source in which nothing is special but blanks, quotes, ; | && ||
// and simple redirects, as most command lines of agents are, in a tenth of the parser's
// time and garbage. It is false for any other. The tree that it makes is the parser's
// to the last position, which TestPlain and FuzzPlain compare, so that nothing behind
// it can tell which of the two has read a command line.
func parsePlain(src string) ([]*syntax.Stmt, bool) {
	if len(src) > maxPlain {
		return nil, false
	}
	for i := range len(src) {
		if plainBytes[src[i]] == 0 {
			return nil, false
		}
	}
	p := plainParser{src: src}
	var stmts []*syntax.Stmt
	for p.blanks(); p.at < len(src); p.blanks() {
		s := p.list()
		if s == nil {
			return nil, false
		}
		if p.at < len(src) { // nothing else is left of what ends a statement
			if src[p.at] != ';' {
				return nil, false
			}
			s.Semicolon = p.pos(p.at)
			p.at++
		}
		stmts = append(stmts, s)
	}
	return stmts, true
}

// Kinds of bytes. What is none of them, the parser reads: expansions, escapes, braces,
// brackets, parentheses, comments, negations, newlines, all that is not ASCII.
const (
	plainWord     = 1 + iota // of a word
	plainBlank               //
	plainQuote               // ' and "
	plainOperator            // ; | & >
)

var plainBytes = func() (kinds [256]byte) {
	for kind, bytes := range map[byte]string{
		plainWord:  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@%+=~*?",
		plainBlank: " \t", plainQuote: `'"`, plainOperator: ";|&>",
	} {
		for i := range len(bytes) {
			kinds[bytes[i]] = kind
		}
	}
	return kinds
}()

// plainKeywords mean something where a command's name stands.
var plainKeywords = wordSet("if then elif else fi while until do done for case esac select function declare local export readonly typeset nameref let time coproc @test")

type plainParser struct {
	src   string
	at    int
	words []plainArg // to be used
}

// plainArg is a word of one part, made at once.
type plainArg struct {
	word  syntax.Word
	parts [1]syntax.WordPart
	lit   syntax.Lit
}

// plainCommand is a simple command, made at once.
type plainCommand struct {
	stmt syntax.Stmt
	call syntax.CallExpr
	args [4]*syntax.Word
}

// plainBinary is two statements and what stands between them, made at once.
type plainBinary struct {
	stmt syntax.Stmt
	cmd  syntax.BinaryCmd
}

// pos is a position: there is only one line.
func (p *plainParser) pos(at int) syntax.Pos { return syntax.NewPos(uint(at), 1, uint(at)+1) }

func (p *plainParser) kind() byte {
	if p.at < len(p.src) {
		return plainBytes[p.src[p.at]]
	}
	return 0
}

func (p *plainParser) blanks() {
	for p.kind() == plainBlank {
		p.at++
	}
}

// next is the byte behind the one that is looked at, 0 when there is none.
func (p *plainParser) next() byte {
	if p.at+1 < len(p.src) {
		return p.src[p.at+1]
	}
	return 0
}

// list reads pipelines that && and || join.
func (p *plainParser) list() *syntax.Stmt {
	s := p.pipeline()
	for s != nil && p.at < len(p.src) && (p.src[p.at] == '&' || p.src[p.at] == '|') {
		if p.next() != p.src[p.at] {
			return nil
		}
		op := syntax.AndStmt
		if p.src[p.at] == '|' {
			op = syntax.OrStmt
		}
		b := p.join(s, op, 2)
		if b.cmd.Y = p.pipeline(); b.cmd.Y == nil {
			return nil
		}
		s = &b.stmt
	}
	return s
}

// pipeline reads commands with | between them.
func (p *plainParser) pipeline() *syntax.Stmt {
	s := p.command()
	for s != nil && p.at < len(p.src) && p.src[p.at] == '|' && p.next() != '|' {
		if p.next() == '&' {
			return nil
		}
		b := p.join(s, syntax.Pipe, 1)
		if b.cmd.Y = p.command(); b.cmd.Y == nil {
			return nil
		}
		s = &b.stmt
	}
	return s
}

// join makes a statement of x and the operator of n bytes that follows.
func (p *plainParser) join(x *syntax.Stmt, op syntax.BinCmdOperator, n int) *plainBinary {
	b := &plainBinary{cmd: syntax.BinaryCmd{OpPos: p.pos(p.at), Op: op, X: x}}
	b.stmt.Position, b.stmt.Cmd = x.Position, &b.cmd
	p.at += n
	return b
}

// command reads a simple command without assignments.
func (p *plainParser) command() *syntax.Stmt {
	p.blanks()
	c := &plainCommand{}
	c.stmt.Position, c.stmt.Cmd = p.pos(p.at), &c.call
	c.call.Args = c.args[:0]
	for {
		switch p.kind() {
		case plainWord, plainQuote:
			start := p.at
			w := p.word()
			if w == nil {
				return nil
			}
			first, _ := w.Parts[0].(*syntax.Lit)
			switch {
			case first == nil:
			case len(c.call.Args) == 0 && (strings.Contains(first.Value, "=") || plainKeywords[first.Value]):
				return nil
			case p.at < len(p.src) && p.src[p.at] == '>' && digits(p.src[start:p.at]):
				if len(c.call.Args) == 0 || !p.redirect(&c.stmt, first) {
					return nil
				}
				p.blanks()
				continue
			}
			c.call.Args = append(c.call.Args, w)
		case plainOperator:
			if p.src[p.at] != '>' {
				return c.done()
			}
			if len(c.call.Args) == 0 || !p.redirect(&c.stmt, nil) {
				return nil
			}
		default: // the end
			return c.done()
		}
		p.blanks()
	}
}

// done is the statement, nil when there is no command.
func (c *plainCommand) done() *syntax.Stmt {
	if len(c.call.Args) == 0 {
		return nil
	}
	return &c.stmt
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// redirect reads >, >> or >& and the word behind it.
func (p *plainParser) redirect(s *syntax.Stmt, fd *syntax.Lit) bool {
	r := &syntax.Redirect{OpPos: p.pos(p.at), Op: syntax.RdrOut, N: fd}
	p.at++
	switch {
	case p.at == len(p.src):
		return false
	case p.src[p.at] == '>':
		r.Op = syntax.AppOut
		p.at++
	case p.src[p.at] == '&':
		r.Op = syntax.DplOut
		p.at++
	}
	p.blanks()
	if k := p.kind(); k != plainWord && k != plainQuote {
		return false
	}
	if r.Word = p.word(); r.Word == nil {
		return false
	}
	s.Redirs = append(s.Redirs, r)
	return true
}

// word reads literals and quoted texts that follow each other.
func (p *plainParser) word() *syntax.Word {
	if len(p.words) == 0 {
		p.words = make([]plainArg, min(strings.Count(p.src[p.at:], " ")+1, 16))
	}
	w := &p.words[0]
	p.words = p.words[1:]
	w.word.Parts = w.parts[:0]
	for {
		switch p.kind() {
		case plainWord:
			lit := &w.lit
			if len(w.word.Parts) > 0 {
				lit = &syntax.Lit{}
			}
			p.literal(lit, plainWord)
			w.word.Parts = append(w.word.Parts, lit)
		case plainQuote:
			q := p.quoted()
			if q == nil {
				return nil
			}
			w.word.Parts = append(w.word.Parts, q)
		default:
			return &w.word
		}
	}
}

// literal reads bytes of one kind into a literal.
func (p *plainParser) literal(lit *syntax.Lit, kind byte) {
	start := p.at
	for p.kind() == kind {
		p.at++
	}
	lit.ValuePos, lit.ValueEnd, lit.Value = p.pos(start), p.pos(p.at), p.src[start:p.at]
}

// quoted reads a text in quotes, in which nothing is special: what would be, stands in
// no source that is read here.
func (p *plainParser) quoted() syntax.WordPart {
	left := p.at
	n := strings.IndexByte(p.src[left+1:], p.src[left])
	if n < 0 {
		return nil
	}
	right := left + 1 + n
	p.at = right + 1
	if p.src[left] == '\'' {
		return &syntax.SglQuoted{Left: p.pos(left), Right: p.pos(right), Value: p.src[left+1 : right]}
	}
	q := &syntax.DblQuoted{Left: p.pos(left), Right: p.pos(right)}
	if n > 0 {
		q.Parts = []syntax.WordPart{&syntax.Lit{ValuePos: p.pos(left + 1), ValueEnd: p.pos(right), Value: p.src[left+1 : right]}}
	}
	return q
}
