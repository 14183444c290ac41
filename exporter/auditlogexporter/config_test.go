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
		"key_directory": "/k", "checkpoint_interval": "500ms", "key_epoch": "1h", "heartbeat_interval": "30s",
		"retention_max_bytes": 1_000_000, "retention_max_age": "720h",
	}).Unmarshal(cfg))
	require.NoError(t, cfg.Validate())
	assert.Equal(t, &Config{
		Directory: "/x", SegmentMaxBytes: 100_000, SegmentMaxAge: time.Hour, MaxRecordBytes: 5000,
		KeyDirectory: "/k", CheckpointInterval: 500 * time.Millisecond, KeyEpoch: time.Hour, HeartbeatInterval: 30 * time.Second,
		RetentionMaxBytes: 1_000_000, RetentionMaxAge: 720 * time.Hour,
	}, cfg)
	assert.Equal(t, -1, cfg.options(nil).DuplicateWindow, "0 turns it off")
	require.Error(t, confmap.NewFromStringMap(map[string]any{"fsync": false}).Unmarshal(cfg), "there is no such switch")
}

func TestAllFaultsAreNamed(t *testing.T) {
	err := (&Config{DuplicateWindow: -1, MaxRecordBytes: 1 << 30, RetentionMaxBytes: -1, RetentionMaxAge: time.Second}).Validate()
	for _, key := range []string{
		"directory", "segment_max_bytes", "segment_max_age", "max_record_bytes", "duplicate_window",
		"checkpoint_interval", "key_epoch", "heartbeat_interval", "retention_max_bytes", "retention_max_age",
	} {
		assert.ErrorContains(t, err, key+": ")
	}
}

func TestKeysLieBesideTheLog(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Directory = "/state/audit/"
	assert.Equal(t, "/state/keys", cfg.options(nil).KeyDir)
	for dir, good := range map[string]bool{"/state/audit": false, "/state/audit/keys": false, "/state/audit-keys": true, "/state/..keys": true, "/state": true} {
		cfg.KeyDirectory = dir
		if good {
			assert.NoError(t, cfg.Validate(), dir)
		} else {
			assert.ErrorContains(t, cfg.Validate(), "key_directory: ", dir)
		}
	}
}
