package parallelconnector

import "go.opentelemetry.io/collector/component"

// Config is the configuration of the parallel connector: there is nothing to
// configure. The pipelines that name it as a receiver are those it calls.
type Config struct {
	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config { return &Config{} }
