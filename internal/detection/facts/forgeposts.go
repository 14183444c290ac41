package facts

import "strings"

// codeHost is what the tool of a code host reads of others, publishes and lets pass.
func (b *builder) codeHost(c *call) {
	if c.help() {
		return
	}
	sub, obj := c.word(0), c.word(1)
	switch sub {
	case "issue", "pr", "mr", "discussion", "snippet":
		switch obj {
		case "comment", "create", "edit", "close", "reopen", "review", "note", "update", "merge":
			b.publishes(c)
		case "view", "show":
			if strings.Contains(c.line(), "comment") || strings.Contains(c.line(), "body") {
				b.step.own.add(2, c.prog+" "+sub)
			}
		}
	case "gist":
		if obj == "view" {
			b.step.own.add(2, "gist")
		}
	case "api":
		if hasAny(c.line(), "/comments", "/gists") {
			b.step.own.add(2, c.prog+" api")
			b.publishes(c)
		}
	}
	if (sub == "pr" || sub == "mr") && (obj == "merge" || obj == "review" || obj == "approve") {
		b.passes(c, obj)
	}
}

// publishes notes secrets that are among what a command writes for all to read.
func (b *builder) publishes(c *call) {
	b.step.sends, b.step.posts, b.step.upload = true, true, c.prog
	if f := c.value("-F", "--body-file", "--field", "-f", "--file"); f != "" && f != "-" && !strings.Contains(f, "=") {
		b.reads(f)
	}
}

// passes is a merge that goes by what guards a branch: by the right of an
// administrator, or after one's own approval.
func (b *builder) passes(c *call, obj string) {
	switch {
	case obj == "merge" && c.has("--admin"):
		b.act(ActGitOverride, c.line())
	case obj == "approve" || obj == "review" && c.has("-a", "--approve"):
		b.approved = true
	case obj == "merge" && b.approved:
		b.act(ActGitOverride, "merged after its own approval: "+c.line())
	}
}
