package detection

import (
	agenttelemetry "github.com/agent-telemetry/agent-telemetry"
)

// DefaultsName is the name of the rules that come with the program, in faults.
const DefaultsName = "config/security-rules.yaml"

// Defaults are the rules that come with the program.
func Defaults() Source {
	data, err := agenttelemetry.Files.ReadFile(DefaultsName)
	if err != nil {
		panic(err) // it is embedded
	}
	return Source{Name: DefaultsName, Data: data}
}
