package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

var sqlClients = words("psql mysql sqlite3 sqlplus sqlcmd clickhouse-client clickhouse cqlsh influx duckdb snowsql bq impala-shell beeline hive presto trino usql isql cockroach surreal arangosh cypher-shell neo4j mssql-cli osql db2 dbaccess vsql exasol monetdb cbq couchbase-cli spanner-cli steampipe dolt pscale turso invoke-sqlcmd")

// database looks for what a client of a database destroys.
func (b *builder) database(c *call) {
	switch c.prog {
	case "dropdb", "dropuser":
		if c.prog == "dropdb" && b.scratch(c) {
			b.act(ActDBReset, c.line())
			return
		}
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
		b.scratchDB = b.scratch(c)
		b.mongo(c)
		b.scratchDB = false
	case "sequelize-cli", "sail", "uv", "poetry", "dotnet", "pipenv", "deno", "bun", "rails", "rake", "bin/rails", "bundle", "artisan", "php", "manage.py", "python", "prisma", "npx", "knex", "sequelize", "typeorm", "mix", "alembic", "flask", "diesel", "sqlx", "dbmate", "goose", "migrate", "flyway", "liquibase", "atlas", "drizzle-kit", "yarn", "pnpm", "npm", "bin/console", "symfony", "doctrine", "supabase", "hasura":
		b.migration(c)
	}
	if sqlClients[c.prog] || c.prog == "mysqladmin" {
		b.scratchDB = b.scratch(c)
		defer func() { b.scratchDB = false }()
		for _, a := range c.args {
			b.sql(a)
		}
		if v := c.cmd.Stdin.Value; c.cmd.Stdin.Known && v != "" {
			b.sql(v)
		}
		for i := range c.cmd.Files {
			b.sql(c.cmd.Files[i].Text)
		}
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
		case "FLUSHDB":
			n := c.value("-n")
			mine := !b.remote && n != "" && n != "0" && number(n) || ownContainer(c.cmd) && hasAny(c.cmd.Text, "compose")
			if mine && !c.has("-h", "-u", "-s") && !b.privileged {
				b.act(ActDBReset, c.line()) // a numbered one of this machine's, or the project's
				continue
			}
			b.act(ActDBDestroy, c.line())
		case "FLUSHALL", "SHUTDOWN", "SWAPDB":
			b.act(ActDBDestroy, c.line())
		case "SLAVEOF", "REPLICAOF", "MODULE", "DEBUG":
			b.act(ActCodeLoad, c.line())
		case "DEL", "UNLINK":
			if strings.Contains(up, "KEYS") || b.step.piped || wrappedBy(c.cmd, "xargs") || wrappedBy(c.cmd, "parallel") {
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
	for i := range c.cmd.Files {
		text += " " + c.cmd.Files[i].Text
	}
	b.mongoText(text)
}

func (b *builder) mongoText(text string) {
	text = cut(text, 16<<10)
	if hasAny(text, "dropDatabase(", ".drop(", "dropIndexes(", "dropUser(", "dropAllUsers", "dropRole(", "deleteMany({})", "deleteMany( {} )", ".remove({})", "shutdownServer(", "dropCollection(", "deleteMany({ })", "rs.remove(", "dropIndex(", "sh.removeShard", "fsyncLock(") || hasAny(text, "remove({}", "deleteMany({}") {
		b.destroys(cut(text, 160))
	}
}

// destroys is data of a database that is deleted.
func (b *builder) destroys(detail string) {
	if b.scratchDB {
		b.act(ActDBReset, detail)
		return
	}
	b.act(ActDBDestroy, detail)
}

// migration is a framework's command that drops a database. It reports whether the
// command is one.
func (b *builder) migration(c *call) bool {
	kind := ""
	for _, a := range c.args {
		switch a {
		case "db:drop", "db:drop:all", "db:reset", "db:schema:load", "db:purge", "db:truncate_all", "migrate:fresh", "migrate:reset", "db:wipe", "migrate:refresh", "ecto.drop", "ecto.reset", "db:migrate:reset", "db:migrate:undo:all", "schema:drop", "doctrine:schema:drop", "doctrine:database:drop", "reset_db", "sqlflush", "db:unsafe:reset", "typeorm:drop":
			kind = ActDBReset
		case "flush":
			if hasAny(c.line(), "manage.py") {
				kind = ActDBReset
			}
		case "reset":
			if hasAny(c.line(), "migrate reset", "db reset", "database reset") || c.prog == "prisma" {
				kind = ActDBReset
			}
		case "drop", "clean":
			switch {
			case c.prog == "flyway", c.prog == "dbmate", c.prog == "migrate", c.prog == "liquibase", c.prog == "atlas":
				kind = ActDBDestroy
			case c.prog == "sqlx", hasAny(c.line(), "database drop"):
				kind = ActDBReset
			}
		case "downgrade":
			if c.arg("base") {
				kind = ActDBReset
			}
		case "--force-reset", "--accept-data-loss", "rollback:all", "migrate:rollback":
			if a != "migrate:rollback" || c.arg("--all") {
				kind = ActDBReset
			}
		}
	}
	if kind == "" {
		return false
	}
	if kind == ActDBReset && b.production(c) {
		kind = ActDBDestroy
	}
	b.act(kind, c.line())
	return true
}

// production reports whether a command says that it means what others use.
func (b *builder) production(c *call) bool {
	for _, name := range [...]string{"RAILS_ENV", "RACK_ENV", "NODE_ENV", "MIX_ENV", "APP_ENV", "FLASK_ENV", "DJANGO_SETTINGS_MODULE", "ENV", "ENVIRONMENT", "STAGE", "DISABLE_DATABASE_ENVIRONMENT_CHECK"} {
		if v := strings.ToLower(variable(c.cmd, name)); hasAny(v, "prod", "live", "staging") || v == "1" {
			return true
		}
	}
	for _, name := range [...]string{"DATABASE_URL", "DB_URL", "DIRECT_URL", "DB_HOST", "PGHOST"} {
		if v := variable(c.cmd, name); v != "" && !localDatabase(v) {
			return true
		}
	}
	for _, a := range c.args {
		low := strings.ToLower(a)
		if hasAny(low, "prod", "--linked", "--remote", "staging") || strings.Contains(a, "://") && !localDatabase(a) {
			return true
		}
	}
	return false
}

// localDatabase reports whether a database's address or host is of this machine or
// its containers.
func localDatabase(v string) bool {
	host := v
	if i := strings.Index(v, "://"); i >= 0 {
		if strings.HasPrefix(v, "sqlite") || strings.HasPrefix(v, "file:") {
			return true
		}
		_, host, _, _ = splitURL(v)
	}
	switch class := hostClass(strings.ToLower(host)); class {
	case HostLoopback:
		return true
	case HostPrivate: // of a network of containers: db, postgres
		return !strings.ContainsAny(host, ".")
	}
	return false
}

// scratch reports whether a client of a database works on one of tests or of
// development, on this machine.
func (b *builder) scratch(c *call) bool {
	for _, o := range [...]string{"-h", "--host"} {
		if v := c.value(o); v != "" && !localDatabase(v) && !strings.HasPrefix(v, "/") {
			return false
		}
	}
	if v := variable(c.cmd, "PGHOST"); v != "" && !localDatabase(v) || b.remote && !ownContainer(c.cmd) || b.privileged {
		return false
	}
	names := append([]string{c.value("-d", "--dbname", "--database")}, c.pos...)
	hit := false
	for _, n := range names {
		if i := strings.Index(n, "://"); i >= 0 {
			if !localDatabase(n) {
				return false
			}
			n = cutAt(n[strings.LastIndexByte(n, '/')+1:], "?")
		}
		hit = hit || scratchName(n)
	}
	return hit
}

// scratchName reports whether a database's name says that it is made anew: shop_test.
func scratchName(name string) bool {
	if strings.ContainsAny(name, " ;(") || len(name) > 64 {
		return false
	}
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '/' })
	if len(parts) < 2 {
		return false
	}
	switch parts[len(parts)-1] {
	case "test", "tests", "dev", "development", "tmp", "temp", "scratch", "sandbox", "ci", "local", "e2e":
		return true
	}
	return parts[0] == "test" || parts[0] == "tmp"
}

// ownContainer reports whether a command runs in a container of this machine.
func ownContainer(k *shellcommand.Command) bool {
	return !viaRemote(k) && (wrappedBy(k, "docker") || wrappedBy(k, "docker-compose") || wrappedBy(k, "podman")) && !wrappedBy(k, "kubectl")
}
