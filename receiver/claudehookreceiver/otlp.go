package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/agent-telemetry/agent-telemetry/internal/otlplogs"
)

// Media types of OTLP/HTTP.
const (
	mediaJSON     = "application/json"
	mediaProtobuf = "application/x-protobuf"
)

// otlpMedia returns the request's media type when OTLP has it, else "".
func otlpMedia(req *http.Request) string {
	switch media := req.Header.Get("Content-Type"); media {
	case mediaJSON, mediaProtobuf:
		return media
	}
	media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON && media != mediaProtobuf {
		return ""
	}
	return media
}

// logsBodyTime is how long a client may take to send a request.
const logsBodyTime = 5 * time.Second

// serveLogs takes an OTLP/HTTP log request.
func (r *hookReceiver) serveLogs(w http.ResponseWriter, req *http.Request, transport string) outcome {
	media := otlpMedia(req)
	if media == "" {
		r.refuse(w, req, transport, refuseMedia)
		return ""
	}
	d := within(req.Context(), req.Context(), r.config.Limits.RequestTimeout)
	defer d.stop()
	hurry(w, logsBodyTime)
	ld, err := r.readLogs(d, req, media)
	switch {
	case errors.Is(err, errTooLarge):
		r.refuse(w, req, transport, refuseTooLarge)
		return ""
	case errors.Is(err, errOverload):
		r.refuse(w, req, transport, refuseOverload)
		return ""
	case err != nil:
		writeError(w, media, http.StatusBadRequest, codes.InvalidArgument, err)
		return outcomeInvalid
	}
	records := ld.LogRecordCount()
	q := questionOf(req)
	var ctx context.Context = d
	if onlyToolCall(ld) || q.wanted() && records == 1 {
		ctx = q.about(ctx)
	}
	reply := &logsReply{w: w, q: q}
	defer reply.hurried()()
	if !r.places.pipeline.enter(ctx, r.config.Limits.RequestTimeout) {
		if reply.take() {
			r.refuse(w, req, transport, refuseOverload)
		}
		return ""
	}
	defer r.places.pipeline.leave()
	duplicates, err := r.deliver(ctx, transport, ld)
	if q.wanted() {
		v, judged := q.answer()
		r.countVerdict(ctx, v, judged)
	}
	if !reply.take() {
		return outcomeRetryable // the sender was told to keep it
	}
	switch {
	case err == nil:
		writeSuccess(w, media)
		if records > 0 && duplicates == records {
			return outcomeDuplicate
		}
		return outcomeAccepted
	case isPermanent(err):
		writeError(w, media, http.StatusBadRequest, codes.InvalidArgument, err)
		return outcomePermanent
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	writeError(w, media, http.StatusServiceUnavailable, codes.Unavailable, err)
	return outcomeRetryable
}

func (r *hookReceiver) readLogs(ctx context.Context, req *http.Request, media string) (plog.Logs, error) {
	none := plog.Logs{}
	body, err := decoded(req)
	if err != nil {
		return none, err
	}
	buf, _ := bodies.Get().(*[]byte)
	raw, at, err := r.places.read(ctx, r.config.Limits.RequestTimeout, body, *buf, r.config.Limits.MaxBodyBytes)
	defer at.leave()
	defer keep(buf, raw)
	if err != nil {
		return none, fmt.Errorf("read body: %w", err)
	}
	if int64(len(raw)) > r.config.Limits.MaxBodyBytes {
		return none, errTooLarge
	}
	if !r.places.decoding.enter(ctx, r.config.Limits.RequestTimeout) {
		return none, errOverload
	}
	defer r.places.decoding.leave()
	return unmarshal(raw, media)
}

// bodies are kept for the next request: what is decoded of one is a copy.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// keepBody is the largest that is kept, in bytes.
const keepBody = 64 << 10

func keep(buf *[]byte, raw []byte) {
	if cap(raw) <= keepBody {
		*buf = raw
	}
	bodies.Put(buf)
}

// unmarshal decodes a request whose nesting the decoder survives. Nothing of raw is kept.
func unmarshal(raw []byte, media string) (plog.Logs, error) {
	if media == mediaJSON {
		if ld, ok := otlplogs.Decode(raw); ok {
			return ld, nil
		}
		if err := checkJSON(raw); err != nil {
			return plog.Logs{}, err
		}
		export := plogotlp.NewExportRequest()
		err := export.UnmarshalJSON(raw)
		return export.Logs(), err
	}
	if err := checkProto(raw); err != nil {
		return plog.Logs{}, err
	}
	export := plogotlp.NewExportRequest()
	err := export.UnmarshalProto(raw)
	return export.Logs(), err
}

// successes are the answers to requests whose records are safe, by media type.
var successes = func() map[string][]byte {
	response := plogotlp.NewExportResponse()
	asJSON, errJSON := response.MarshalJSON()
	asProtobuf, errProtobuf := response.MarshalProto()
	if err := errors.Join(errJSON, errProtobuf); err != nil {
		panic(err) // of an empty message: a fault of ours
	}
	return map[string][]byte{mediaJSON: asJSON, mediaProtobuf: asProtobuf}
}()

func writeSuccess(w http.ResponseWriter, media string) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(successes[media]) // the client may be gone
}

// writeError answers with a google.rpc.Status in the request's encoding, as
// OTLP/HTTP asks.
func writeError(w http.ResponseWriter, media string, httpStatus int, code codes.Code, cause error) {
	answer := status.New(code, cause.Error()).Proto()
	var raw []byte
	var err error
	if media == mediaJSON {
		raw, err = protojson.Marshal(answer)
	} else {
		raw, err = proto.Marshal(answer)
	}
	if err != nil {
		raw = nil // text that is not UTF-8; the status alone says enough
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(httpStatus)
	_, _ = w.Write(raw) //nolint:gosec // never text/html; the client may be gone
}
