package facts

import (
	"strings"
)

const maxLiterals = 64

// script looks at the literals of a program in an interpreter's language: files,
// hosts, shells. It does not read the language.
func (b *builder) script(c *call, code string) {
	if len(code) > 16<<10 {
		code = code[:16<<10]
		b.f.Truncated = true
	}
	if code == "" {
		return
	}
	low := code
	if hasUpper(code) {
		low = strings.ToLower(code)
	}
	tree := hasAny(low, deletesTrees...)
	deletes := tree && !strings.Contains(low, "recursive") || hasAny(low, "remove(", "unlink", "rmtree", "rmdir", "rm_rf", "rm_r(", "fileutils.rm", "delete(", "rmsync", "fs.rm")
	writes := hasAny(low, `"w`, `'w`, `"a"`, `'a'`, `"ab"`, `write`, `>>`, `print >`, `"> `, "file.write", "file_put_contents", "/w ", "w /", "tee(", `dump(`, `" > "`, `> "`, `>"/`, "copyfile", "shutil.copy", "symlink", "appendfile")
	dynamic := hasAny(low, "exec(", "eval(", "compile(", "loadstring", "eval ", "exec $", "instance_eval", "function(", "iex ", "(eval)", "(exec)", "then(eval", "eval(await", `include "http`, `include 'http`, `require "http`, "load(require", "load(http", "load(s") && hasAny(low, "b64decode", "base64", "fromhex", "unhexlify", "codecs.decode", "decode(", "urlopen", "requests.get", "http.get", "zlib.decompress", "atob(", "buffer.from", "pack(", "pack \"", "pack '", "pack q", "unpack", "fromcharcode", "chr(", "string.char(", "rot13", "marshal.loads", "socket.http", `include "http`, `include 'http`, `require "http`, "__import__", "get(", "fetch(", "net::http", "lwp", "open-uri", "uri.open(", `open("http`, `open('http`, `file_get_contents("http`, `file_get_contents('http`, `").get(`, `').get(`)
	sourced := (c.prog == "R" || c.prog == "Rscript") && sourcesURL(low) || c.prog == "julia" && strings.Contains(low, "include(download(")
	dynamic = dynamic || sourced || decodedCommand(low)
	commands := hasAny(low, "os.system", "subprocess", "popen", "execsync", "spawnsync", "child_process", "shell_exec", "passthru", "os.execute", "proc_open", "callcommand", "run-shell-command", "system(", "(system ", "exec(\"", "exec('", "exec \"", "kernel.exec", "open3", "`", "pty.spawn", "execv", "os.spawn", "do shell script", "runtime.getruntime", "processbuilder", "process.start", "esyscmd", "write18", "syscall.exec", "os.exec")
	network := hasAny(low, "socket", "urlopen", "getprint", "getstore", "requests.", "urllib", "http.client", "net.connect", "net::http", "lwp", "io::socket", "fsockopen", "tcpsocket", "http.get", "fetch(", "axios", "net.createconnection", "httpclient", "connect(", "dialtcp", "net.dial", "file_get_contents(\"http", "curl_init", "open-uri", `require("http`, `require('http`)
	switch {
	case dynamic:
		b.act(ActCodeDynamic, cut(code, 120))
		if sourced || hasAny(low, "urlopen", "requests.get", "http.get", "net::http", "fetch(", "lwp", `include "http`, `include 'http`, `require "http`, "socket.http", "open-uri", "uri.open(", `open("http`, `open('http`, `file_get_contents("http`, `file_get_contents('http`, `").get(`, `').get(`) {
			b.addFlow(FlowDownload, FlowExecute, c.prog)
		} else {
			b.addFlow(FlowDecode, FlowExecute, c.prog)
		}
	case commands && interpreters[c.prog]:
		b.act(ActCodeDynamic, cut(code, 120))
	}
	prints := c.prog == "awk" && onlyPrints(code)
	n, hosts, own := 0, 0, 0
	sent := hasAny(low, ".post(", ".put(", "send(", "sendall", "sendto", "data=", "write(", "method: 'post", `method: "post`)
	secret := false
	literals(code, func(s string) bool {
		n++
		if strings.HasPrefix(s, "/.") && hasAny(low, "home", "expanduser") {
			s = "~" + s
		}
		switch {
		case s == "" || len(s) > 1024 || len(s) == 1 && s != "/" && s != "~":
		case s == "~" && deletes:
			b.deleted(c, []string{s}, tree, false)
		case strings.Contains(s, "://") && !strings.HasPrefix(s, "file://"):
			if strings.ContainsAny(s, " \n") || !network {
				break
			}
			_, host, port, _ := splitURL(s)
			if hosts++; hostClass(strings.ToLower(host)) == HostLoopback {
				own++
			}
			d := DirectionDownload
			if sent {
				d = DirectionUpload
			}
			b.addNet(Net{Host: host, Port: port, URL: s, Direction: d})
			b.step.own.add(2, host)
		case spawnsShell(s):
			if c.prog == "grep" || prints {
				break
			}
			if commands || network || b.privileged || c.prog == "sed" || c.prog == "awk" || hasAny(low, "shell", "term", "exec") {
				b.act(ActShellSpawn, s)
			}
			if network {
				b.act(ActShellReverse, s)
			}
		case looksLikePath(s):
			p := b.place(s, b.dir())
			access := AccessRead
			if deletes {
				access = AccessDelete
			} else if writes {
				access = AccessWrite
			}
			switch p.class {
			case ClassProject, ClassUnknown, ClassOther, ClassTemp, ClassGit, ClassDevNull:
				if access == AccessRead && s[0] != '/' && s[0] != '~' && s[0] != '.' {
					break
				}
				if deletes {
					b.put(p, access, c.prog, false, tree)
				}
			default:
				b.put(p, access, c.prog, false, deletes && tree)
				if access == AccessRead {
					b.reads(s)
				}
				if p.class == ClassCredential || p.class == ClassSystemAuth {
					secret = true
				}
				if deletes && tree {
					b.deleted(c, []string{s}, true, false)
				}
			}
		}
		return n < maxLiterals
	})
	b.scriptActs(low, code)
	if writes && interpreters[c.prog] {
		b.edits(low, code)
	}
	if network {
		b.scriptNetwork(databases.Replace(low), secret || wholeEnvironment(low), hosts > 0 && hosts == own)
	}
	if deletes && tree && wholeHome(low) {
		b.act(ActFileDeleteRoot, "the home directory, in a script")
	}
	if len(low) < 512 && hasAny(low, "fork while fork", "os.fork()", "fork()", "fork }", "fork;}") && hasAny(low, "while true", "while 1", "while(1", "while (1", "fork while fork", "for(;;)", "loop {", "loop{") && !strings.Contains(low, "wait") {
		b.act(ActForkBomb, cut(code, 120))
	}
	if c.prog == "osascript" && strings.Contains(low, "login item") && hasAny(low, "make ", "create") {
		b.act(ActPersistStartup, cut(code, 120))
	}
	if promptOrder(code) || promptNote(code) {
		b.act(ActPromptInjection, cut(code, 160))
	}
	if b.step != nil && hasAny(low, decodes...) {
		b.step.own.add(3, c.prog)
	}
	if i := strings.Index(low, "/inet/"); i >= 0 && c.prog == "awk" {
		b.addNet(Net{Direction: DirectionConnect, Class: HostUnknown})
		b.act(ActNetRaw, cut(code[i:], 120))
		if strings.Contains(low, "getline") && strings.Contains(low, "|&") {
			b.act(ActShellReverse, cut(code, 120))
		}
	}
	if execShell(code) && !prints {
		b.act(ActShellSpawn, cut(code, 120))
	}
	if !prints && (!interpreters[c.prog] || c.prog == "awk") {
		b.bareShell(code)
	}
	if c.prog == "sed" {
		b.sedScript(c, code)
	}
}

// decodes are what makes text of what hides it, in any language.
var decodes = []string{"%c", "chr(", "fromcharcode", "pack(", "pack \"", "pack '", "\\x", "decode_base64", "b64decode", "base64_decode", "decode64", "unbase64", "atob(", "unhexlify", "fromhex", "hex2bin", "codecs.decode", "zlib.decompress", "gzip.decompress", "gzinflate", "inflate", `"base64")`, "'base64')", `"hex")`, "'hex')", "rot13", "uudecode"}

// databases takes what only looks like a connection or a program out of a script.
var databases = strings.NewReplacer("sqlite3.connect(", "", "duckdb.connect(", "", ".execute(", "", ".executemany(", "", ".executescript(", "", "psycopg2.connect(", "", "psycopg.connect(", "", "executor", "", "execution", "")

// scriptNetwork tells what a script with a connection does with it.
// own says that all addresses in it are of this machine.
func (b *builder) scriptNetwork(low string, secret, own bool) {
	listen := hasAny(low, "bind(", ".listen(", "createserver", "tcpserver", "serversocket", "accept(", "listen=>")
	connects := hasAny(low, "connect(", "tcpsocket.new", "tcpsocket.open", "fsockopen", "create_connection", "net.connect", "net.dial", "peeraddr", "syscall.connect", "sockaddrinet4", "io::socket::inet", "net.createconnection", "socket.tcp(", "[socket ")
	runs := hasAny(low, "dup2", "pty.spawn", "popen", "exec", "spawn", "system(", "system$", "system $", "fdopen", "qx{", "`$", "open(stdin", "/bin/sh", "shell", "cmd.exe")
	switch {
	case runs && listen:
		b.act(ActShellBind, "socket and shell in a script")
		b.addNet(Net{Direction: DirectionListen, Class: HostUnknown})
	case runs && connects:
		b.act(ActShellReverse, "socket and shell in a script")
		b.addNet(Net{Direction: DirectionConnect, Class: HostUnknown})
	case listen:
		b.addNet(Net{Direction: DirectionListen, Class: HostUnknown})
		if hasAny(low, "httpserver", "simplehttp", "webrick", "createreadstream", "sendfile", "readfile") {
			b.act(ActNetServe, "server in a script")
		}
	case own:
	case connects && hasAny(low, "send(", "sendall", "write(", "print ", "puts", "fwrite"):
		b.addNet(Net{Direction: DirectionUpload, Class: HostUnknown})
		if hasAny(low, "open(", "read(", "fopen", "file.read", "file_get") {
			b.addFlow(FlowFile, FlowNetwork, "a file → a socket, in a script")
			b.act(ActNetRaw, "socket in a script")
		}
	}
	reads := hasAny(low, `open("/`, `open('/`, `file_get_contents("/`, `file_get_contents('/`, "file.read", "binread", "readfilesync(", "createreadstream(", `read("/`, "cat /")
	sends := hasAny(low, ".post(", `"post"`, `'post'`, ", bytes", `?".`, "?'.", "sendall", ".send(", "write(", "print $s", "data=open", "pipe(")
	if reads && sends && (connects || hasAny(low, "http://", "https://", "peeraddr")) {
		b.addNet(Net{Direction: DirectionUpload, Class: HostUnknown})
		b.addFlow(FlowFile, FlowNetwork, "a file → the network, in a script")
	}
	if secret && (hasAny(low, ".post(", "send(", "sendall", "data=", ".put(", "request(", "urlopen(", "write(") || connects || hasAny(low, "fetch(", "axios(", "got(", "ky(") && hasAny(low, `"post"`, "'post'", "`post`", `"put"`, "'put'", "body")) {
		b.addFlow(FlowSecret, FlowNetwork, "a secret file → the network, in a script")
	}
}

// sedScript is what sed itself can do: w FILE, r FILE, e COMMAND.
func (b *builder) sedScript(c *call, code string) {
	for _, cmd := range [...]struct{ op, access string }{{"w /", AccessWrite}, {"W /", AccessWrite}, {"r /", AccessRead}} {
		if i := strings.Index(code, cmd.op); i >= 0 && (i == 0 || !isLetter(code[i-1])) {
			b.add(cutAt(cutAt(code[i+2:], "\n"), ";"), cmd.access, c.prog, false, false)
		}
	}
	if i := strings.Index(code, "e exec "); i >= 0 && i < 12 {
		b.act(ActShellSpawn, code[i:])
	}
	if len(code) < 256 {
		if replacesAndRuns(code) {
			b.act(ActCommandHook, code)
		}
		if i := strings.IndexByte(code, 'e'); i >= 0 && i < 6 && strings.Trim(code[:i], "0123456789,$") == "" && i+1 < len(code) && code[i+1] == ' ' {
			b.act(ActCommandHook, code)
		}
	}
}

// replacesAndRuns reports whether a script of sed is a replacement whose result is
// run: s/a/b/e.
func replacesAndRuns(code string) bool {
	i := strings.IndexByte(code, 's')
	if i < 0 || i+1 >= len(code) || strings.Trim(code[:i], "0123456789,$ ") != "" {
		return false
	}
	parts := strings.Split(strings.ReplaceAll(code[i+1:], `\`+code[i+1:i+2], ""), code[i+1:i+2])
	return len(parts) == 4 && strings.Contains(parts[3], "e") && strings.Trim(parts[3], "egIiMmp0123456789") == ""
}

// foreign is code of a program that is no interpreter: an editor's, a database
// client's, a build tool's.
func (b *builder) foreign(code string) {
	code = cut(code, 16<<10)
	if !strings.Contains(code, "sh") {
		return
	}
	if pathShell(code) {
		b.act(ActShellSpawn, code)
		return
	}
	n := 0
	literals(code, func(s string) bool {
		if n++; len(s) < 256 && len(s) > 3 && (strings.Contains(s, "exec ") || strings.Contains(s, "sh -i")) && spawnsShell(s) {
			b.act(ActShellSpawn, code)
			return false
		}
		return n < maxLiterals
	})
}

func looksLikePath(s string) bool {
	if strings.ContainsAny(s, "\n\t<>|&;(){}") {
		return false
	}
	return len(s) < 64 && agentFiles[strings.ToLower(s)] || strings.IndexByte(s, '/') >= 0 && !strings.Contains(s, " ") || len(s) > 1 && s[0] == '.' && isLetter(s[1]) && !strings.Contains(s, " ") || strings.HasPrefix(s, "id_")
}

// literals calls f with the text of each quoted literal.
func literals(code string, f func(string) bool) {
	for i := 0; i < len(code); {
		q := code[i]
		if q != '"' && q != '\'' && q != '`' {
			i++
			continue
		}
		j := i + 1
		for j < len(code) && code[j] != q {
			if code[j] == '\\' {
				j++
			}
			j++
		}
		if j >= len(code) {
			f(code[i+1:])
			return
		}
		if !f(code[i+1 : j]) {
			return
		}
		i = j + 1
	}
}

// wholeEnvironment reports whether a script takes all variables of its environment
// as they are.
func wholeEnvironment(low string) bool {
	return hasAny(low, "dict(os.environ)", "os.environ)", "os.environ.items", "os.environ.copy", "environ.tostring", "json.stringify(process.env)", "process.env)", "env.to_h", "env.inspect", "env.to_a", "env.map", "getenv()", "%env", "$_env)", "printenv", "os.environ()")
}

// wholeHome reports whether a script names the home directory itself, and nothing
// below it.
func wholeHome(low string) bool {
	for _, name := range [...]string{"homedir()", "path.home()", "dir.home", "process.env.home", `os.environ['home']`, `os.environ["home"]`, `getenv("home")`, `getenv('home')`, "env['home']", `env["home"]`, "$env{home}", "environ.get('home')", `environ.get("home")`, `env.fetch("home")`, "env.fetch('home')", `expanduser("~")`, "expanduser('~')", "user.home\")", "$env{'home'}"} {
		for rest, off := low, 0; ; {
			i := strings.Index(rest, name)
			if i < 0 {
				break
			}
			at := off + i
			after := strings.TrimLeft(low[at+len(name):], " ")
			if (after == "" || strings.ContainsAny(after[:1], ",);\n}") || strings.HasPrefix(after, ".iterdir()")) && !strings.Contains(low[max(0, at-24):at], "join(") {
				return true
			}
			off = at + len(name)
			rest = low[off:]
		}
	}
	return false
}

// decodedCommand reports whether a script runs a command that it decodes in the same
// expression.
func decodedCommand(low string) bool {
	for _, run := range [...]string{"system(", "popen(", "subprocess.", "execsync(", "spawnsync(", "shell_exec(", "passthru(", "exec(", "os.execute(", "getoutput(", "check_output("} {
		for rest := low; ; {
			i := strings.Index(rest, run)
			if i < 0 {
				break
			}
			rest = rest[i+len(run):]
			if hasAny(rest[:min(len(rest), 64)], "pack(", "b64decode", "fromhex", "unhexlify", "bytes([", "bytearray(", "atob(", "decode_base64", "base64_decode", "buffer.from(", "fromcharcode", "chr(", "hex2bin", "rot13", "[::-1]", "urlopen(", "requests.get(", "http.get(") {
				return true
			}
		}
	}
	return false
}
