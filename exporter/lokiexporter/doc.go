//go:generate mdatagen metadata.yaml

// Package lokiexporter sends log records to Grafana Loki's push API
// (POST /loki/api/v1/push, protobuf and snappy), with labels, structured
// metadata and the line chosen in its configuration.
package lokiexporter
