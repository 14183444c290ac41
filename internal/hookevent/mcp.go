package hookevent

import "strings"

// mcpServer returns the server and the tool of an MCP call: the payload's own
// field when it is there, else what the tool's name says
// (mcp__<server>__<tool>, for a plugin's server mcp__plugin_<plugin>_<server>__<tool>).
func (p Payload) mcpServer() (server, tool string) {
	name := p.ToolName()
	rest, ok := strings.CutPrefix(name, mcpPrefix)
	if !ok {
		return text(object(p.fields, "mcp_server"), "name"), ""
	}
	server, tool, _ = strings.Cut(rest, "__")
	if named := text(object(p.fields, "mcp_server"), "name"); named != "" {
		server = named
	}
	return server, tool
}
