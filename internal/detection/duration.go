package detection

import (
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// Duration is a time.Duration that is written as 10m or 24h.
type Duration time.Duration

// UnmarshalYAML reads 10m.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < 0 || v > 30*24*time.Hour {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is no time from 0s to 720h", n.Line, cut(n.Value, 32))}}
	}
	*d = Duration(v)
	return nil
}
