// Package stack knows what one stack is made of: its state directory, ports,
// programs and configuration files, and where each of those settings comes
// from: flags, then the environment, then what the running stack was started
// with, then config.yaml in the state directory, then the defaults.
package stack
