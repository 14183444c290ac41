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
