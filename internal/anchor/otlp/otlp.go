package otlp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const (
	logsPath       = "/v1/logs"
	contentType    = "application/x-protobuf"
	maxAnswerBytes = 64 << 10
)

// errRejected says that the collector took the request and not the record.
var errRejected = errors.New("the collector rejected the record")

// Config of an OTLP/HTTP receiver as an anchor.
type Config struct {
	// Post is the endpoint (the base URL; /v1/logs is added when it is not there),
	// the HTTP client's settings and bearer_token.
	Post post.Config `mapstructure:",squash"`
}

// NewDefaultConfig returns a Config without an endpoint.
func NewDefaultConfig() *Config { return &Config{Post: post.NewDefaultConfig()} }

// Validate reports all faults of the configuration.
func (c *Config) Validate() error { return c.Post.Check(false) }

// Collector is the anchor.
type Collector struct {
	url    string
	client *post.Client
	host   string
	now    func() time.Time
}

// New makes the anchor. It connects to nothing yet.
func New(ctx context.Context, c *Config, s anchor.Settings) (*Collector, error) {
	client, err := post.New(ctx, &c.Post, s)
	if err != nil {
		return nil, err
	}
	// A record without the host's name is as good: the log's id is in it.
	host, _ := os.Hostname()
	url := strings.TrimSuffix(strings.TrimSuffix(c.Post.ClientConfig.Endpoint, "/"), logsPath) + logsPath
	return &Collector{url: url, client: client, host: host, now: time.Now}, nil
}

// Anchor sends the checkpoint. It has no receipt.
func (o *Collector) Anchor(ctx context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	body, err := plogotlp.NewExportRequestFromLogs(o.record(c)).MarshalProto()
	if err != nil {
		return nil, false, fmt.Errorf("encode the record: %w", err)
	}
	answer, err := o.client.Do(ctx, o.url, contentType, body, maxAnswerBytes)
	if err != nil {
		return nil, true, err
	}
	if retry, err := answer.Err(); err != nil {
		return nil, retry, err
	}
	if !strings.HasPrefix(answer.Type, contentType) {
		// Whatever it is that answers, it has not said that it took the record.
		return nil, true, fmt.Errorf("read the answer: it is %q, not %s", answer.Type, contentType)
	}
	response := plogotlp.NewExportResponse()
	if err := response.UnmarshalProto(answer.Body); err != nil {
		return nil, true, fmt.Errorf("read the answer: %w", err)
	}
	if p := response.PartialSuccess(); p.RejectedLogRecords() > 0 {
		return nil, false, fmt.Errorf("%w: %q", errRejected, p.ErrorMessage())
	}
	return nil, false, nil
}

// Close closes idle connections.
func (o *Collector) Close() error { return o.client.Close() }

func (o *Collector) record(c auditlog.Checkpoint) plog.Logs {
	logs := plog.NewLogs()
	rl := logs.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	if o.host != "" {
		rl.Resource().Attributes().PutStr(semconv.HostName, o.host)
	}
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.AnchorScopeName)
	r := sl.LogRecords().AppendEmpty()
	now := pcommon.NewTimestampFromTime(o.now())
	r.SetTimestamp(now)
	r.SetObservedTimestamp(now)
	r.SetEventName(semconv.AuditCheckpointEvent)
	r.SetSeverityNumber(plog.SeverityNumberInfo)
	r.SetSeverityText("INFO")
	r.Body().SetStr(string(c.Note))
	a := r.Attributes()
	a.PutStr(semconv.AuditLogID, c.LogID())
	a.PutInt(semconv.AuditTreeSize, c.Size)
	a.PutStr(semconv.AuditTreeRoot, base64.StdEncoding.EncodeToString(c.Root[:]))
	return logs
}
