package lokiexporter

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// verdict is what is to be done about a push.
type verdict int

const (
	accepted      verdict = iota
	refusedPartly         // Loki has stored the rest; sending it again changes nothing
	refusedStream         // the stream limit is reached
	tooLarge              // the push, not an entry: to be split
	unreadable            // because of one stream perhaps: to be split
	refused               // all of it, for good
	retry
)

// answer is Loki's answer to a push.
type answer struct {
	verdict    verdict
	status     int           // 0: none
	refusals   []refusal     // with refusedPartly and refused
	retryAfter time.Duration // with retry; 0: not said
	slower     bool          // with retry: the push is larger than the rate allows
	err        error         // nil when accepted
}

// refusal is a number of entries that Loki refused for one reason.
type refusal struct {
	reason  string
	entries int
}

// Reasons of refusal, the attribute `reason` of the metric.
const (
	reasonTooFarBehind     = "too_far_behind"
	reasonOutOfOrder       = "out_of_order"
	reasonTooOld           = "timestamp_too_old"
	reasonTooNew           = "timestamp_too_new"
	reasonLineTooLong      = "line_too_long"
	reasonMetadataTooLarge = "structured_metadata_too_large"
	reasonMetadataTooMany  = "structured_metadata_too_many"
	reasonMetadataOff      = "structured_metadata_disallowed"
	reasonTooManyLabels    = "too_many_label_names"
	reasonLabelTooLong     = "label_too_long"
	reasonInvalidLabels    = "invalid_labels"
	reasonBlocked          = "ingestion_blocked"
	reasonStreamLimit      = "stream_limit"
	reasonTooLarge         = "request_too_large"
	reasonOther            = "other"
)

// Parts of Loki's messages, in the order in which they are looked for.
var reasons = []struct{ text, reason string }{
	{"entry too far behind", reasonTooFarBehind},
	{"entry out of order", reasonOutOfOrder},
	{"has timestamp too old", reasonTooOld},
	{"has timestamp too new", reasonTooNew},
	{"max entry size", reasonLineTooLong},
	{"has structured metadata too large", reasonMetadataTooLarge},
	{"has too many structured metadata labels", reasonMetadataTooMany},
	{"includes structured metadata, but this feature is disallowed", reasonMetadataOff},
	{"label names; limit", reasonTooManyLabels},
	{"has label name too long", reasonLabelTooLong},
	{"has label value too long", reasonLabelTooLong},
	{"has duplicate label name", reasonInvalidLabels},
	{"error parsing labels", reasonInvalidLabels},
	{"at least one label pair is required", reasonInvalidLabels},
	{"missing required labels", reasonInvalidLabels},
	{"ingestion blocked", reasonBlocked},
}

const (
	streamLimitText = "maximum active stream limit exceeded"
	rateLimitText   = "ingestion rate limit exceeded"
	grpcLimitText   = "larger than max" // of Loki's distributor talking to its ingester

	maxRetryAfter = 5 * time.Minute
)

// judge decides about an answer to a push of so many entries.
func (c *Config) judge(status int, header http.Header, body string, entries int) answer {
	body = strings.TrimSpace(body)
	a := answer{status: status}
	if status/100 == 2 {
		return a
	}
	a.err = fmt.Errorf("push to Loki: HTTP %d: %s%s", status, advice(status), excerptOf(body))
	switch {
	case status == http.StatusTooManyRequests:
		// Prefixes: further on the message holds label values, which are not ours.
		if hasPrefixFold(body, streamLimitText) {
			a.verdict = refusedStream
			return a
		}
		a.verdict, a.slower = retry, hasPrefixFold(body, rateLimitText)
	case status == http.StatusRequestEntityTooLarge,
		status >= 500 && strings.Contains(body, grpcLimitText):
		a.verdict = tooLarge
		return a
	case status == http.StatusBadRequest:
		a.refusals = refusalsOf(body, entries)
		switch a.verdict = refusedPartly; {
		case a.refusals[0].reason == reasonOther:
			a.verdict = unreadable
		case a.refusals[0].entries == entries:
			a.verdict = refused
		}
		return a
	case status == http.StatusRequestTimeout, c.retriesStatus(status), status < 400, status >= 500:
		a.verdict = retry
	default:
		a.verdict = refused
		a.refusals = []refusal{{"http_" + strconv.Itoa(status), entries}}
		return a
	}
	a.retryAfter = retryAfter(header.Get("Retry-After"), time.Now())
	return a
}

func (c *Config) retriesStatus(status int) bool {
	for _, s := range c.RetryStatuses {
		if s == status {
			return true
		}
	}
	return false
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// advice is what an operator can do about a status.
func advice(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "not authenticated: check basic_auth or auth, and tenant_id: "
	case http.StatusForbidden:
		return "not allowed: check the rights of basic_auth or auth, and tenant_id: "
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "no push API there: check that endpoint is the base URL of Loki: "
	case http.StatusRequestEntityTooLarge:
		return "too large: raise the limit of Loki or of the proxy before it, or lower limits.max_push_bytes: "
	}
	if status >= 300 && status < 400 {
		return "redirects are not followed: set endpoint to where Loki is: "
	}
	return ""
}

func excerptOf(body string) string {
	if body == "" {
		return "(empty answer)"
	}
	return strings.ToValidUTF8(body[:boundary(body, 512)], "\uFFFD")
}

var (
	// "user 'x', total ignored: 3 out of 10 for stream: {…}"
	totalIgnored = regexp.MustCompile(`total ignored: (\d+) out of \d+ for stream:`)
	// "3 errors like: …; 1 errors like: …"
	errorsLike = regexp.MustCompile(`(\d+) errors like: `)
)

// refusalsOf reads from the text of a 400 how many entries were refused and
// why. What cannot be read counts as a refusal of the whole push.
func refusalsOf(body string, entries int) []refusal {
	if m := totalIgnored.FindStringSubmatch(body); m != nil {
		return []refusal{{reasonOf(body), atMost(m[1], entries)}}
	}
	counts := errorsLike.FindAllStringSubmatchIndex(body, -1)
	if counts == nil {
		reason := reasonOf(body)
		if reason == reasonOther {
			return []refusal{{reasonOther, entries}}
		}
		return []refusal{{reason, min(1, entries)}}
	}
	byReason := make(map[string]int)
	left := entries
	for i, m := range counts {
		end := len(body)
		if i+1 < len(counts) {
			end = counts[i+1][0]
		}
		n := atMost(body[m[2]:m[3]], left)
		left -= n
		byReason[reasonOf(body[m[1]:end])] += n
	}
	var refusals []refusal
	for _, r := range append(reasonNames(), reasonOther) {
		if n := byReason[r]; n > 0 {
			refusals = append(refusals, refusal{r, n})
			delete(byReason, r)
		}
	}
	if refusals == nil {
		return []refusal{{reasonOther, entries}}
	}
	return refusals
}

func reasonNames() []string {
	names := make([]string, len(reasons))
	for i, r := range reasons {
		names[i] = r.reason
	}
	return names
}

func reasonOf(text string) string {
	for _, r := range reasons {
		if strings.Contains(text, r.text) {
			return r.reason
		}
	}
	return reasonOther
}

func atMost(digits string, limit int) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > limit {
		return limit
	}
	return n
}

// retryAfter reads a Retry-After header, seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(max(0, time.Duration(min(seconds, 3600))*time.Second), maxRetryAfter)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	return 0
}
