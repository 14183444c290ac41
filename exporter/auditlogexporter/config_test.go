package auditlogexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
)

func TestDefaultConfig(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.EqualError(t, createDefaultConfig().(*Config).Validate(), "directory: must be set: the directory that holds the audit log")
}

func TestConfig(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"directory": "/x", "segment_max_bytes": 100_000, "segment_max_age": "1h", "max_record_bytes": 5000, "duplicate_window": 0,
	}).Unmarshal(cfg))
	require.NoError(t, cfg.Validate())
	assert.Equal(t, &Config{Directory: "/x", SegmentMaxBytes: 100_000, SegmentMaxAge: time.Hour, MaxRecordBytes: 5000}, cfg)
	assert.Equal(t, -1, cfg.options(nil).DuplicateWindow, "0 turns it off")
	require.Error(t, confmap.NewFromStringMap(map[string]any{"fsync": false}).Unmarshal(cfg), "there is no such switch")
}

func TestAllFaultsAreNamed(t *testing.T) {
	err := (&Config{DuplicateWindow: -1, MaxRecordBytes: 1 << 30}).Validate()
	for _, key := range []string{"directory", "segment_max_bytes", "segment_max_age", "max_record_bytes", "duplicate_window"} {
		assert.ErrorContains(t, err, key+": ")
	}
}
