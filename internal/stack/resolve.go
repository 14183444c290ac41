package stack

import (
	"errors"
	"fmt"
	"maps"
	"os"

	"github.com/spf13/pflag"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Flags holds what the flags of a command set, by key.
type Flags map[string]string

// AddFlags gives fs a flag for every setting, and returns where their values
// will be.
func AddFlags(fs *pflag.FlagSet) Flags {
	f := Flags{}
	for _, s := range settings {
		usage := s.use
		if s.port != nil {
			usage = fmt.Sprintf("`PORT` for %s (default %d)", s.use, s.initial)
		}
		flag := fs.VarPF(&flagValue{flags: f, key: s.key, yes: s.yes != nil}, s.flag(), "", usage+" [$"+s.env+"]")
		if s.yes != nil {
			flag.NoOptDefVal = "true"
		}
	}
	return f
}

type flagValue struct {
	flags Flags
	key   string
	yes   bool // true or false
}

func (v *flagValue) String() string { return "" }
func (v *flagValue) Type() string {
	if v.yes {
		return "bool"
	}
	return "value"
}
func (v *flagValue) Set(s string) error { v.flags[v.key] = s; return nil }

// Resolve puts the settings of the stack in home together. running is what the
// stack runs with, nil when it does not run: values that it got from flags or
// the environment stay until they are given anew. The error names every fault.
func Resolve(home statedir.Dir, flags Flags, running *Config) (*Config, error) {
	return resolve(home, flags, running, os.LookupEnv)
}

func resolve(home statedir.Dir, flags Flags, running *Config, getenv func(string) (string, bool)) (*Config, error) {
	c := &Config{Home: home, LokiDir: home.Loki(), PassEnv: []string{}, Sources: map[string]Source{}}
	for _, s := range settings {
		if s.port != nil {
			*s.port(c) = s.initial
		}
		c.Sources[s.key] = SourceDefault
	}
	file, err := readFile(home)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, s := range settings {
		if v, ok := flags[s.key]; ok {
			faults = append(faults, s.set(c, v, SourceFlag, ""))
		} else if v, ok := getenv(s.env); ok && v != "" {
			faults = append(faults, s.set(c, v, SourceEnv, ""))
		} else if running != nil && carried(running.Sources[s.key]) {
			faults = append(faults, s.set(c, s.get(running), SourceRunning, ""))
		} else if v, ok := file[s.key]; ok {
			faults = append(faults, s.set(c, v, SourceFile, string(home)))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if c.LokiDir == "" {
		c.LokiDir = home.Loki()
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return c, nil
}

// carried reports whether a running stack's value outlives a restart.
func carried(s Source) bool { return s == SourceFlag || s == SourceEnv || s == SourceRunning }

// Clone returns a copy that shares nothing.
func (c *Config) Clone() *Config {
	d := *c
	d.Sources = maps.Clone(c.Sources)
	d.PassEnv = append([]string{}, c.PassEnv...)
	return &d
}

// Args returns the flags that make a command resolve to exactly c.
func (c *Config) Args() []string {
	var args []string
	for _, s := range settings {
		args = append(args, "--"+s.flag()+"="+s.get(c))
	}
	return args
}
