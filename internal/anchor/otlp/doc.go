// Package otlp sends checkpoints to another OpenTelemetry collector, over
// OTLP/HTTP: as one log record whose body is the signed note, byte for byte.
// The worth of it is that this host may append there and nothing else.
package otlp
