package superclaude

import (
	"strings"
	"sync"
)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// vocabulary is what SuperClaude understands.
type vocabulary struct {
	// commands of all versions: v1 /user:x, v2 /x, v3 and later /sc:x.
	commands map[string]bool
	// personas of v1 to v3.
	personas map[string]bool
	// agents of v4, whose names no other product uses for its agents without it
	// being the same role.
	agents map[string]bool
	// mcpServers maps a flag to the MCP server it asks for.
	mcpServers map[string]string
	// flags of modes and flow.
	flags map[string]bool
	// valued are the flags that may take a value.
	valued map[string]bool
	// rare flags are seldom options of other programs; two of them tell enough.
	rare map[string]bool
	// workflows maps a command to the kind of work it starts.
	workflows map[string]string
}

// known is made when it is first needed: most hook calls hold no prompt.
var known = sync.OnceValue(func() *vocabulary {
	return &vocabulary{
		commands: words(`analyze build cleanup deploy design dev-setup document estimate explain git improve implement
	index load migrate review scan spawn task test troubleshoot workflow
	agent brainstorm business-panel help index-repo pm recommend reflect research save select-tool spec-panel`),
		personas: words(`architect frontend backend analyzer security mentor refactorer performance qa devops scribe`),
		agents: words(`backend-architect business-panel-experts deep-research deep-research-agent devops-architect
	frontend-architect learning-guide performance-engineer pm-agent python-expert quality-engineer refactoring-expert
	repo-index requirements-analyst root-cause-analyst security-engineer self-review socratic-mentor system-architect
	technical-writer`),
		mcpServers: map[string]string{
			"c7": "context7", "context7": "context7",
			"seq": "sequential", "sequential": "sequential",
			"magic": "magic",
			"play":  "playwright", "playwright": "playwright",
			"pup":   "puppeteer",
			"morph": "morphllm", "morphllm": "morphllm",
			"serena": "serena",
			"chrome": "chrome-devtools", "devtools": "chrome-devtools",
			"tavily": "tavily",
		},
		flags: words(`frontend-verify all-mcp no-mcp brainstorm bs introspect introspection task-manage orchestrate
	token-efficient delegate concurrency loop iterations validate safe-mode uc ultracompressed scope focus plan
	answer-only verbose interactive wave-mode wave-strategy wave-delegation wave-validation`),
		valued: words(`delegate concurrency iterations scope focus wave-mode wave-strategy wave-delegation`),
		rare: words(`all-mcp no-mcp c7 context7 seq task-manage token-efficient ultracompressed frontend-verify morph
	morphllm ultrathink think-hard uc introspect introspection safe-mode orchestrate`),
		workflows: map[string]string{
			"analyze": "analysis", "explain": "analysis", "troubleshoot": "analysis", "review": "analysis", "scan": "analysis",
			"research": "analysis", "reflect": "analysis", "business-panel": "analysis", "recommend": "analysis",
			"build": "development", "implement": "development", "improve": "development", "migrate": "development",
			"design": "design", "spec-panel": "design",
			"test": "quality", "cleanup": "quality",
			"document": "documentation", "index": "documentation", "index-repo": "documentation",
			"workflow": "planning", "estimate": "planning", "task": "planning", "spawn": "planning", "brainstorm": "planning",
			"pm":  "planning",
			"git": "operations", "deploy": "operations", "dev-setup": "operations", "load": "operations", "save": "operations",
		},
	}
})
