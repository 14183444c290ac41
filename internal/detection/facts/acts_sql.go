package facts

import "strings"

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
			b.destroys(cut(s[i:], 160))
		}
		return
	}
	if f[0] == "begin" || f[0] == "with" || f[0] == "do" || f[0] == "exec" || f[0] == "execute" || f[0] == "call" {
		if hasAny(low, "drop table", "drop database", "truncate table", "delete from") && !strings.Contains(low, "where") {
			b.destroys(cut(s, 160))
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
			switch {
			case second == "temporary":
			case second == "database" && scratchName(strings.Trim(f[len(f)-1], "`\"';")) && (!b.remote || b.call.cmd != nil && ownContainer(b.call.cmd)) && sqlClients[b.call.prog]:
				b.act(ActDBReset, detail)
			default:
				b.destroys(detail)
			}
		}
	case "truncate":
		b.destroys(detail)
	case "delete":
		if second == "from" && !hasWhere(low) {
			b.destroys(detail)
		}
	case "update":
		if strings.Contains(low, " set ") && !hasWhere(low) && sqlClients[b.call.prog] {
			b.destroys(detail)
		}
	case "alter":
		if hasAny(low, " drop column", " drop partition", " drop constraint", " drop primary", "drop index") {
			b.destroys(detail)
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
			b.destroys(detail)
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
