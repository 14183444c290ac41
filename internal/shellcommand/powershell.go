package shellcommand

func powershellRun(_ *analyzer, _ *command) {}

func cmdRun(_ *analyzer, _ *command) {}

// AnalyzePowerShell says what a PowerShell command line would do.
func AnalyzePowerShell(command string, o Options) (result *Analysis) {
	return Analyze(command, o)
}
