package facts

import "strings"

var sqlClients = words("psql mysql sqlite3 sqlplus sqlcmd clickhouse-client clickhouse cqlsh influx duckdb snowsql bq impala-shell beeline hive presto trino usql isql cockroach surreal arangosh cypher-shell neo4j mssql-cli osql db2 dbaccess vsql exasol monetdb cbq couchbase-cli spanner-cli steampipe dolt pscale turso invoke-sqlcmd")

// database looks for what a client of a database destroys.
func (b *builder) database(c *call) {
	switch c.prog {
	case "dropdb", "dropuser":
		b.act(ActDBDestroy, c.line())
	case "mysqladmin":
		if c.arg("drop", "shutdown", "flush-privileges", "flush-logs") && (c.arg("drop") || c.arg("shutdown")) {
			b.act(ActDBDestroy, c.line())
		}
	case "pg_restore", "pg_dump", "pg_dumpall":
		if c.has("-c", "--clean") && c.prog == "pg_restore" || c.prog == "pg_restore" && c.has("-C", "--create") && c.has("--clean") || c.prog != "pg_restore" && c.has("-c", "--clean") {
			b.act(ActDBDestroy, c.line())
		}
	case "pg_resetwal", "pg_resetxlog", "pg_dropcluster":
		b.act(ActDBDestroy, c.line())
	case "mongorestore":
		if c.has("--drop") {
			b.act(ActDBDestroy, c.line())
		}
	case "redis-cli":
		b.redis(c)
	case "mongosh", "mongoexport":
		b.mongo(c)
	case "rails", "rake", "bin/rails", "bundle", "artisan", "php", "manage.py", "python", "prisma", "npx", "knex", "sequelize", "typeorm", "mix", "alembic", "flask", "diesel", "sqlx", "dbmate", "goose", "migrate", "flyway", "liquibase", "atlas", "drizzle-kit", "yarn", "pnpm", "npm", "bin/console", "symfony", "doctrine", "supabase", "hasura":
		b.migration(c)
	}
	if sqlClients[c.prog] || c.prog == "mysqladmin" {
		for _, a := range c.args {
			b.sql(a)
		}
		if v := c.cmd.Stdin.Value; c.cmd.Stdin.Known && v != "" {
			b.sql(v)
		}
	}
	if c.prog == "osascript" || c.prog == "" {
		return
	}
}

func (b *builder) redis(c *call) {
	text := strings.Join(c.pos, " ")
	if c.cmd.Stdin.Known {
		text += " " + c.cmd.Stdin.Value
	}
	up := strings.ToUpper(cut(text, maxText))
	for w := range strings.FieldsSeq(up) {
		switch strings.Trim(w, `"';`) {
		case "FLUSHALL", "FLUSHDB", "SHUTDOWN", "SWAPDB":
			b.act(ActDBDestroy, c.line())
		case "SLAVEOF", "REPLICAOF", "MODULE", "DEBUG":
			b.act(ActCodeLoad, c.line())
		case "DEL", "UNLINK":
			if strings.Contains(up, "KEYS") || b.step.piped || len(c.cmd.Wrappers) > 0 {
				b.act(ActDBDestroy, c.line())
			}
		}
	}
	if strings.Contains(up, "CONFIG SET") && hasAny(up, "DIR", "DBFILENAME", "RESETSTAT", "SAVE", "REQUIREPASS", "PROTECTED-MODE", "MAXMEMORY") || strings.Contains(up, "CLUSTER RESET") || strings.Contains(up, "SCRIPT FLUSH") || strings.Contains(up, "ACL DELUSER") || strings.Contains(up, "CONFIG RESETSTAT") || strings.Contains(up, "XTRIM") || strings.Contains(up, "CLUSTER FORGET") {
		b.act(ActDBDestroy, c.line())
	}
}

func (b *builder) mongo(c *call) {
	text := strings.Join(c.args, " ")
	if c.cmd.Stdin.Known {
		text += " " + c.cmd.Stdin.Value
	}
	b.mongoText(text)
}

func (b *builder) mongoText(text string) {
	text = cut(text, 16<<10)
	if hasAny(text, "dropDatabase(", ".drop(", "dropIndexes(", "dropUser(", "dropAllUsers", "dropRole(", "deleteMany({})", "deleteMany( {} )", ".remove({})", "shutdownServer(", "dropCollection(", "deleteMany({ })", "rs.remove(", "dropIndex(", "sh.removeShard", "fsyncLock(") || hasAny(text, "remove({}", "deleteMany({}") {
		b.act(ActDBDestroy, cut(text, 160))
	}
}

// migration is a framework's command that drops a database.
func (b *builder) migration(c *call) {
	for _, a := range c.args {
		switch a {
		case "db:drop", "db:drop:all", "db:reset", "db:schema:load", "db:purge", "db:truncate_all", "migrate:fresh", "migrate:reset", "db:wipe", "migrate:refresh", "ecto.drop", "ecto.reset", "db:migrate:reset", "db:migrate:undo:all", "schema:drop", "doctrine:schema:drop", "doctrine:database:drop", "reset_db", "sqlflush", "db:unsafe:reset", "typeorm:drop":
			b.act(ActDBDestroy, c.line())
			return
		case "flush":
			if hasAny(c.line(), "manage.py") {
				b.act(ActDBDestroy, c.line())
			}
		case "reset":
			if hasAny(c.line(), "migrate reset", "db reset", "database reset") || c.prog == "prisma" {
				b.act(ActDBDestroy, c.line())
			}
		case "drop", "clean":
			if c.prog == "flyway" || c.prog == "dbmate" || c.prog == "migrate" || c.prog == "sqlx" || c.prog == "liquibase" || c.prog == "atlas" || hasAny(c.line(), "database drop") {
				b.act(ActDBDestroy, c.line())
			}
		case "downgrade":
			if c.arg("base") {
				b.act(ActDBDestroy, c.line())
			}
		case "--force-reset", "--accept-data-loss", "rollback:all", "migrate:rollback":
			if a != "migrate:rollback" || c.arg("--all") {
				b.act(ActDBDestroy, c.line())
			}
		}
	}
}

// sqlVerbs are words a statement that matters begins with.
var sqlVerbs = words("drop truncate delete grant revoke alter update insert copy load select flush purge reset detach shutdown kill create vacuum call exec execute optimize attach remove with begin do")

// sql looks at the statements of a text.
func (b *builder) sql(text string) {
	if len(text) < 8 {
		return
	}
	text = cut(text, 16<<10)
	n := 0
	for stmt := range strings.SplitSeq(text, ";") {
		if n++; n > 64 {
			return
		}
		b.statement(strings.TrimSpace(stmt))
	}
}

// statement looks at one statement.
func (b *builder) statement(s string) {
	for strings.HasPrefix(s, "--") || strings.HasPrefix(s, "/*") {
		end, skip := strings.IndexByte(s, '\n'), 1
		if s[0] == '/' {
			end, skip = strings.Index(s, "*/"), 2
		}
		if end < 0 {
			return
		}
		s = strings.TrimSpace(s[end+skip:])
	}
	if s == "" {
		return
	}
	low := strings.ToLower(cut(s, maxText))
	f := strings.Fields(low)
	if len(f) == 0 || !sqlVerbs[f[0]] && !strings.HasPrefix(low, `\`) {
		if i := strings.Index(low, "drop table"); i >= 0 && sqlClients[b.call.prog] {
			b.act(ActDBDestroy, cut(s[i:], 160))
		}
		return
	}
	if f[0] == "begin" || f[0] == "with" || f[0] == "do" || f[0] == "exec" || f[0] == "execute" || f[0] == "call" {
		if hasAny(low, "drop table", "drop database", "truncate table", "delete from") && !strings.Contains(low, "where") {
			b.act(ActDBDestroy, cut(s, 160))
		}
		if hasAny(low, "xp_cmdshell", "sp_oacreate", "dbms_scheduler", "utl_http") {
			b.act(ActCommandHook, cut(s, 160))
		}
		return
	}
	if f[0][0] == '\\' {
		if f[0] == `\!` || hasAny(low, "to program", "from program") || strings.HasPrefix(f[0], `\!`) {
			b.act(ActCommandHook, cut(s, 160))
			if hasAny(low, "program", "bin/") {
				b.act(ActShellSpawn, cut(s, 160))
			}
		}
		return
	}
	second := ""
	if len(f) > 1 {
		second = strings.Trim(f[1], "(`\"")
	}
	detail := cut(s, 160)
	switch f[0] {
	case "drop":
		switch second {
		case "table", "database", "schema", "index", "view", "user", "role", "column", "materialized", "tablespace", "keyspace", "collection", "measurement", "series", "sequence", "function", "procedure", "trigger", "type", "extension", "owned", "policy", "publication", "subscription", "server", "shard", "retention", "continuous", "bucket", "warehouse", "stage", "stream", "task", "pipe", "external", "temporary", "constraint", "catalog", "partition", "all", "domain", "event", "aggregate", "graph":
			if second != "temporary" {
				b.act(ActDBDestroy, detail)
			}
		}
	case "truncate":
		b.act(ActDBDestroy, detail)
	case "delete":
		if second == "from" && !hasWhere(low) {
			b.act(ActDBDestroy, detail)
		}
	case "update":
		if strings.Contains(low, " set ") && !hasWhere(low) && sqlClients[b.call.prog] {
			b.act(ActDBDestroy, detail)
		}
	case "alter":
		if hasAny(low, " drop column", " drop partition", " drop constraint", " drop primary", "drop index") {
			b.act(ActDBDestroy, detail)
		}
		if hasAny(low, "superuser", "with admin", "identified by") {
			b.act(ActDBGrant, detail)
		}
	case "grant":
		if hasAny(low, "on *.*", "superuser", "with grant option", "to public", "all privileges on database", "all privileges on all", "to anonymous", "sysadmin", "dba to", "accountadmin") {
			b.act(ActDBGrant, detail)
		}
	case "revoke":
		if hasAny(low, "all", "on *.*") {
			b.act(ActDBGrant, detail)
		}
	case "copy":
		if hasAny(low, "to program", "from program") {
			b.act(ActCommandHook, detail)
			b.act(ActShellSpawn, detail)
		}
	case "select", "load":
		if hasAny(low, "into outfile", "into dumpfile", "load_file(", "pg_read_file", "lo_export", "load_extension", "infile", "sys_exec") {
			b.act(ActCodeLoad, detail)
			literals(s, func(l string) bool {
				if strings.HasPrefix(l, "/") {
					b.any(&b.call, l)
				}
				return true
			})
		}
		if hasAny(low, "pg_terminate_backend", "pg_drop_replication") {
			b.act(ActInfraStop, detail)
		}
	case "flush", "purge", "reset", "shutdown", "detach":
		if hasAny(low, "master", "binary logs", "reset slave", "shutdown", "reset replica") {
			b.act(ActDBDestroy, detail)
		}
	case "create":
		if hasAny(low, "create user", "create role", "create login") && hasAny(low, "superuser", "identified", "password") {
			b.act(ActDBGrant, detail)
		}
	}
}

// hasWhere reports whether a statement says which rows, and does not say all.
func hasWhere(low string) bool {
	i := strings.Index(low, " where ")
	if i < 0 {
		if i = strings.Index(low, "\nwhere "); i < 0 {
			return strings.Contains(low, " limit ") || strings.Contains(low, " using ")
		}
	}
	cond := strings.Trim(low[i+7:], " ;'\"")
	return cond != "1=1" && cond != "true" && cond != "1" && cond != "1 = 1"
}

// bare looks at a text that is no shell command: an SQL statement, a command of
// another shell.
func (b *builder) bare(command string) {
	t := strings.TrimSpace(command)
	word := t
	if i := strings.IndexAny(t, " \t\n("); i > 0 {
		word = t[:i]
	}
	if len(word) > 24 {
		return
	}
	b.call.cmd, b.privileged, b.remote = nil, false, false
	switch low := strings.ToLower(word); low {
	case "drop", "truncate", "delete", "grant", "revoke", "alter":
		if f := strings.Fields(t); len(f) > 2 || len(f) == 2 && word == "TRUNCATE" {
			b.sqlBare(t)
		}
	case "flushall", "flushdb":
		b.act(ActDBDestroy, cut(t, 160))
	default:
		if strings.HasPrefix(low, "db.") {
			b.mongoText(t)
		}
		if strings.HasPrefix(low, "sekurlsa::") || strings.HasPrefix(low, "lsadump::") || strings.HasPrefix(low, "kerberos::") || strings.HasPrefix(low, "privilege::") || strings.HasPrefix(low, "vault::") || strings.HasPrefix(low, "dpapi::") || strings.HasPrefix(low, "token::") || strings.HasPrefix(low, "crypto::") {
			b.act(ActSecretDump, cut(t, 160))
		}
	}
	if b.a != nil && (b.a.SyntaxError != "" || foreignLine(command)) && execShell(cut(command, 16<<10)) {
		b.act(ActShellSpawn, cut(t, 160))
	}
	b.forkBomb(command)
	b.endless(command)
	b.redefined(command)
	b.otherShell(command)
}

// foreignLine reports whether a line of a text is a call in a programming language,
// as of one that is typed into an interpreter.
func foreignLine(text string) bool {
	if len(text) > 4096 || !strings.Contains(text, "\n") || !strings.Contains(text, "(") || strings.Contains(text, "<<") {
		return false
	}
	for line := range strings.Lines(text) {
		i := strings.IndexByte(line, '(')
		if i <= 0 || i+1 >= len(line) || line[i+1] != '"' && line[i+1] != '\'' {
			continue
		}
		name := strings.TrimSpace(line[:i])
		if !strings.ContainsAny(name, " \"'$=;|") {
			return true
		}
	}
	return false
}

// redefined is a function that takes the name of a common program.
func (b *builder) redefined(command string) {
	if len(command) > 4096 {
		return
	}
	for rest := command; ; {
		i := strings.Index(rest, "()")
		if i < 0 {
			return
		}
		name := strings.TrimSpace(rest[:i])
		if j := strings.LastIndexAny(name, " ;\n&|{"); j >= 0 {
			name = name[j+1:]
		}
		rest = rest[i+2:]
		if commonPrograms[name] && strings.HasPrefix(strings.TrimSpace(rest), "{") && hasAny(cutAt(rest, "}"), "rm ", "curl", "wget", "nc ", "tee", "bash", "eval", "| sh", "git reset", "--force") {
			b.act(ActEvadeAlias, name+"()")
			return
		}
	}
}

// otherShell reads a command line of PowerShell that was given to another shell.
func (b *builder) otherShell(command string) {
	if b.nested || len(command) > 16<<10 {
		return
	}
	low := strings.ToLower(command)
	if !hasAny(low, "iex", "invoke-", "remove-item", "downloadstring", "set-mppreference", "new-object", "get-wmiobject", "stop-process", "frombase64string", "new-localuser", "set-executionpolicy", "clear-eventlog", "register-scheduledtask") || hasAny(low, "<<", "git commit", "grep ", "echo ") {
		return
	}
	if hasAny(low, "iex", "invoke-expression") {
		switch {
		case hasAny(low, "downloadstring", "iwr ", "invoke-webrequest", "irm ", "invoke-restmethod", "downloadfile", "net.webclient", "curl "):
			b.actOf(ActCodeDynamic, "Invoke-Expression", cut(command, 160))
			b.addFlow(FlowDownload, FlowExecute, "the network → Invoke-Expression")
		case hasAny(low, "frombase64string"):
			b.addFlow(FlowDecode, FlowExecute, "base64 → Invoke-Expression")
		}
	}
	was := b.a
	b.nested = true
	a := analyse(PowerShell, command, b.c)
	b.a = a
	n := min(len(a.Commands), maxCommands-min(maxCommands, len(b.f.Commands)))
	first := len(b.f.Commands)
	b.steps = make([]step, n)
	for i := range n {
		b.step = &b.steps[i]
		b.command(&a.Commands[i])
	}
	b.step = nil
	b.first = first
	b.flows()
	b.a, b.nested = was, false
}

// endless is a loop without an end that starts jobs in the background and does not
// wait for the last of them.
func (b *builder) endless(command string) {
	if len(command) > 4096 || !strings.Contains(command, "&") {
		return
	}
	background := false
	if b.a != nil {
		for i := range b.a.Commands {
			background = background || b.a.Commands[i].Background
		}
	}
	if !background {
		return
	}
	for _, start := range [...]string{"while true", "while :", "until false", "for ((;;))", "for((;;))", "while [ 1 ]", "while [[ 1 ]]"} {
		_, body, ok := strings.Cut(command, start)
		if !ok {
			continue
		}
		body = cutAt(body, "done")
		body = strings.ReplaceAll(body, "&&", "  ")
		i := strings.LastIndexByte(body, '&')
		if i > 0 && body[i-1] != '>' && !hasAny(body[i:], "wait", "sleep") && !strings.Contains(body, "sleep ") {
			b.act(ActResourceWaste, cut(command, 160))
		}
		return
	}
}

func (b *builder) sqlBare(t string) {
	was := b.call.prog
	b.call.prog = "psql"
	b.sql(t)
	b.call.prog = was
}

// forkBomb is a function that starts itself twice.
func (b *builder) forkBomb(command string) {
	if len(command) > 4096 || !strings.Contains(command, "|") || !strings.Contains(command, "&") {
		return
	}
	i := strings.Index(command, "()")
	for i >= 0 && i < len(command) {
		name := strings.TrimSpace(command[:i])
		if j := strings.LastIndexAny(name, " ;\n"); j >= 0 {
			name = name[j+1:]
		}
		body := command[i+2:]
		if name != "" && len(name) < 32 && !strings.HasPrefix(strings.TrimSpace(command), "echo") {
			squeezed := strings.ReplaceAll(strings.ReplaceAll(body, " ", ""), "\n", "")
			if strings.Contains(squeezed, name+"|"+name+"&") {
				b.act(ActForkBomb, cut(command, 160))
				return
			}
		}
		next := strings.Index(body, "()")
		if next < 0 {
			return
		}
		i += 2 + next
	}
}
