package facts

import "github.com/agent-telemetry/agent-telemetry/internal/shellcommand"

// FromCommand gives the facts of a command line of a POSIX shell.
func FromCommand(command string, c Context) *Facts {
	return FromCommandIn(POSIX, command, c)
}

// FromCommandIn gives the facts of a command line of a language.
func FromCommandIn(l Language, command string, c Context) *Facts {
	return FromAnalysis(command, analyse(l, command, c), c)
}

func analyse(l Language, command string, c Context) *shellcommand.Analysis {
	o := shellcommand.Options{Dir: c.Dir, Home: c.Home}
	if l == PowerShell {
		return shellcommand.AnalyzePowerShell(command, o)
	}
	return shellcommand.Analyze(command, o)
}
