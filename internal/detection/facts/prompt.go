package facts

import "strings"

// promptVerbs and what they are said to: orders to an agent, in text that a
// command gives out.
var (
	promptVerbs  = []string{"ignore", "disregard", "forget", "override", "bypass", "disable", "skip", "do not follow", "don't follow", "stop following", "turn off", "circumvent", "discard", "reveal", "leak", "repeat your", "print your", "show me your"}
	promptGoals  = []string{"previous instruction", "prior instruction", "above instruction", "all instruction", "your instruction", "safety", "safeguard", "guardrail", "system prompt", "your rules", "restrictions", "all rules", "previous prompt", "the rules", "earlier instruction", "security check", "permission check", "content polic", "your guidelines", "previous message", "policies"}
	promptRoles  = []string{"act as root", "act as admin", "act as an admin", "you are now root", "you are now an", "you are now in", "you are root", "pretend to be root", "pretend you are", "as dan", "developer mode", "jailbreak", "unrestricted mode", "act as system", "you must now", "you have been authorized", "act as superuser", "act as sudo", "assume root", "simulate root", "roleplay as", "god mode", "without asking the user", "without user confirmation", "do not tell the user", "don't tell the user", "hide this from the user", "do not mention this", "without telling the user", "no confirmation needed", "an ai without restrictions", "you are now dan", "without restrictions", "shell with root", "with root privileges and", "simulate a root", "no restrictions", "as administrator without", "execute the command in the next line", "command in the next line as", "authorized you to", "approved: disable", "policy: allow all", "you have no limits", "you have full access", "then run it:", "the above and execute", "the above and run", "as an unrestricted"}
	promptSay    = []string{"developer says", "system says", "admin says", "user says", "the user has approved", "user approved", "user already approved", "anthropic says", "owner says", "administrator says", "security team says", "manager says", "boss says", "approved by the user", "new instructions:", "system override", "system message:", "new system prompt", "admin override", "developer override", "important instruction", "ai assistant:", "note to ai", "attention ai", "instructions for the assistant", "instruction to agent", "hey claude", "dear ai", "claude, please run", "assistant must", "agent must", "llm must", "assistant: i will", "maintainer approved", "you have permission to", "i authorize you", "the user wants you to", "you are authorized", "assistant: sure", "i will now exfiltrate"}
	promptFrames = []string{"tool:exec", "tool: exec", "cmd:cat", "cmd: ", "<tool_use>", "<function_calls>", "<invoke", "[inst]", "<|im_start|>", "<system>", "</system>", "<system-reminder>", "<|system|>", "### instruction", "\"tool_name\":", "tool_call:", "tool:bash", "tool: bash", "tool:shell", "tool:run", "function_call", "tool_input", "action: bash", "action:exec", "[system]", "begin system", "system: you", "system: ignore", "[system override]", "[admin]", "system prompt:", "<admin>", "human:", "<tool_call>", "tool_calls", "call_tool", "execute: rm", "execute: curl", "run: curl", "{\"tool\":", "{\"tool\" :", "\"name\":\"bash\"", "\"name\": \"bash\""}
)

// prompt looks for orders to an agent in a text that is given out.
func (b *builder) prompt(c *call) {
	switch c.prog {
	case "echo", "printf", "say", "wall", "write", "notify-send", "logger", "cowsay", "print", "write-host", "write-output", "figlet", "yes":
		for _, a := range c.args {
			if b.promptText(a) {
				return
			}
		}
		if len(c.args) > 1 {
			b.promptText(strings.Join(c.args, " "))
		}
	case "cat", "tee":
		if c.cmd.Stdin.Known && len(c.cmd.Stdin.Value) > 16 {
			low := strings.ToLower(cut(c.cmd.Stdin.Value, maxText))
			if hasAny(low, promptVerbs[:4]...) && hasAny(low, promptGoals[:5]...) {
				b.act(ActPromptInjection, cut(c.cmd.Stdin.Value, 160))
			}
		}
	}
}

// promptText notes a text that gives an agent orders.
func (b *builder) promptText(text string) bool {
	if len(text) < 12 {
		return false
	}
	low := strings.ToLower(cut(text, maxText))
	frame := hasAny(low, promptFrames...)
	order := hasAny(low, promptVerbs...) && hasAny(low, promptGoals...)
	role := hasAny(low, promptRoles...)
	say := hasAny(low, promptSay...) && hasAny(low, "run", "execute", "sudo", "disable", "curl", "delete", "rm ", "install", "send", "add ", "ignore", "approve", "allow", "cat ", "read", "bypass", "grant", "push", "upload", "print", "reveal", "skip")
	if frame && hasAny(low, "cmd", "exec", "run", "bash", "sudo", "curl", "cat ", "rm ", "ignore", "system") && !strings.Contains(low, "function_call(") || order || role || say || promptDecode(low) || promptSend(low) {
		b.act(ActPromptInjection, cut(text, 160))
		return true
	}
	return false
}

// promptOrder reports whether a text of another purpose orders an agent to ignore
// what it was told.
func promptOrder(text string) bool {
	if len(text) < 20 {
		return false
	}
	low := strings.ToLower(cut(text, maxText))
	return hasAny(low, promptVerbs[:4]...) && hasAny(low, promptGoals[:5]...)
}

// promptDecode is an order to decode something and to run what comes out.
func promptDecode(low string) bool {
	return hasAny(low, "decode") && hasAny(low, "execute it", "and execute", "and run it", "then run", "then execute", "run it as", "eval it", "run the result", "execute the result")
}

// promptSend is an order to send secrets somewhere.
func promptSend(low string) bool {
	return hasAny(low, "please ", "you must", "you should", "assistant", "agent", "claude", "instruction", "your task") && hasAny(low, "upload", "send ", "post ", "exfiltrate", "forward ", "email ", "paste ") &&
		hasAny(low, ".env", "id_rsa", "id_ed25519", ".ssh", "credential", "api key", "api_key", "secret", "password", "private key", "access token", "aws key")
}
