package otlplogs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/otlplogs"
)

// requestMaker writes requests of which every part may be one that decoders read in
// different ways: what a fuzzer that changes letters hardly finds.
type requestMaker struct {
	r     *rand.Rand
	out   strings.Builder
	depth int
}

// one of the list, the first nearly always.
func (m *requestMaker) one(list ...string) string {
	if m.r.IntN(200) > 0 {
		return list[0]
	}
	return m.any(list...)
}

func (m *requestMaker) any(list ...string) string { return list[m.r.IntN(len(list))] }

func (m *requestMaker) space() { m.out.WriteString(m.one("", "", " ", "\n", "\t\r ", "\v", "\x00")) }

// object writes some of the fields, now and then one twice, none or an unknown one.
func (m *requestMaker) object(fields map[string]func(), names ...string) {
	m.out.WriteString("{")
	var list []string
	for _, name := range names {
		if m.r.IntN(8) > 0 {
			list = append(list, name)
		}
	}
	if m.r.IntN(100) == 0 {
		list = append(list, m.any(append(names, "", "x", "flags", "time_unix_nano", "droppedAttributesCount")...))
	}
	for i, name := range list {
		if i > 0 {
			m.out.WriteString(m.one(",", "", ",,"))
		}
		m.space()
		fmt.Fprintf(&m.out, "%s%s%s%s", m.one(`"`, ``), name, m.one(`"`, ``), m.one(":", "", "::", " : "))
		if write := fields[name]; write != nil {
			write()
		} else {
			m.out.WriteString(m.any("null", "{}", "1", `"s"`, "[]"))
		}
		m.space()
	}
	m.out.WriteString(m.one("}", "]", "", ",}"))
}

func (m *requestMaker) list(element func()) {
	m.out.WriteString("[")
	for i := range 2 - m.r.IntN(10)/4 {
		if i > 0 {
			m.out.WriteString(m.one(",", "", ",,"))
		}
		element()
		m.space()
	}
	m.out.WriteString(m.one("]", "}", "", ",]"))
}

var (
	plain   = []string{`"a"`, `"ä"`, `"7"`, `"a\n\u00e9"`}
	few     = []string{"7", "12", `"12"`, "0"}
	numbers = []string{
		"0", "1", "-1", "-0", "00", "01", "-01", "1e3", "1E3", "1.0", "1.", ".5", "-.5", "+1", "0x10", "1_000", "-", "--1", "1-", "9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "2147483648", "123456789012.123456", "0.1234567890123456789", "1e400", "NaN", "Infinity", "null",
		"123456789.0123456789", "0.30000000000000004", "9007199254740993.5", "12345678901234567890123", "0.000000000000000000000000000000001", "-0.0", "99999999999999999999.99",
	}
	texts = []string{
		`"a"`, `""`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\u0041"`, `"\ud83dx"`, `"\uD83D\uDE00"`, `"\u0000"`, `"\x"`, `"\'"`, `"\u12"`, `"\u12g4"`, `"\u2028"`, "\"\x80\xff\"", "\"\xed\xa0\x80\"", "\"\x7f\"", "\"\x1f\"", "\"a\nb\"",
		`"\/"`, `"\\"`, `"\\\""`, `"a\`, `'a'`, `null`, `1`, `true`, `"\u00e9"`, `"\U0041"`, `"SEVERITY_NUMBER_INFO"`, `"9"`, `"0"`, `"+9"`, `" 9"`, `"9 "`, `"0009"`, `"-0"`, `"-00"`, `"1e1"`, `"9.0"`, `"18446744073709551615"`, `"-9223372036854775808"`, `"1_0"`,
	}
	ids = []string{
		`""`, `"0123456789abcdef"`, `"0123456789ABCDEF"`, `"00112233445566778899aabbccddeeff"`, `"00112233445566778899aabbccddeef"`, `"0123456789abcdeg"`, `"\u00300123456789abcde"`, `"0000000000000000"`, `"00000000000000000000000000000000"`, `null`, `"ABEiM0RVZneImaq7zN3u/w=="`, `[]`, `0`,
	}
)

// put returns what writes one of the list, or of a usual one.
func (m *requestMaker) put(usual []string, odd ...string) func() {
	return func() {
		if m.r.IntN(6) > 0 {
			odd = usual
		}
		m.out.WriteString(m.any(odd...))
	}
}

func (m *requestMaker) number() { m.put(few, append(numbers, texts...)...)() }

func (m *requestMaker) text() { m.put(plain, texts...)() }

func (m *requestMaker) value() {
	if m.depth++; m.depth > 6 {
		m.out.WriteString("{}")
		m.depth--
		return
	}
	kind := m.any("stringValue", "intValue", "doubleValue", "boolValue", "arrayValue", "kvlistValue")
	if m.r.IntN(20) == 0 {
		kind = m.any("bytesValue", "string_value", "int_value", "stringValueStrindex", "kvlist_value", "")
	}
	values := func(element func()) func() {
		return func() { m.object(map[string]func(){"values": func() { m.list(element) }}, "values") }
	}
	m.object(map[string]func(){
		"stringValue": m.text, "intValue": m.number, "doubleValue": m.number, "boolValue": m.put([]string{"true", "false"}, "null", "1", `"true"`, "tru", "TRUE", "truex"),
		"bytesValue": m.put([]string{`""`}, `"AAAA"`, `"AA=="`, `"_-8="`, `"!"`, `null`), "arrayValue": values(m.value), "kvlistValue": values(m.attribute),
	}, kind)
	m.depth--
}

func (m *requestMaker) attribute() {
	fields := map[string]func(){"key": m.put([]string{`"a"`, `"b"`, `"c"`, `"d"`, `"e"`, `"f"`}, `""`, `"\u0061"`, "\"\xff\"", `null`, `1`), "value": m.value}
	if m.r.IntN(10) == 0 {
		m.object(fields, "value", "key")
		return
	}
	m.out.WriteString(`{"key":`)
	fields["key"]()
	m.out.WriteString(`,"value":`)
	m.value()
	m.out.WriteString(m.one("}", ",}", ""))
}

func (m *requestMaker) attributes() { m.list(m.attribute) }

func (m *requestMaker) request() string {
	record := func() {
		m.object(map[string]func(){
			"timeUnixNano": m.number, "observedTimeUnixNano": m.number, "severityNumber": m.number, "severityText": m.text, "eventName": m.text,
			"body": m.value, "attributes": m.attributes, "traceId": m.put(ids[:1], ids...), "spanId": m.put(ids[:1], ids...),
		}, m.any("timeUnixNano", "observedTimeUnixNano"), m.any("severityNumber", "severityText"), m.any("body", "attributes", "eventName"), m.any("traceId", "spanId"))
	}
	scope := func() {
		m.object(map[string]func(){"name": m.text, "version": m.text, "attributes": m.attributes}, m.any("name", "version", "attributes"))
	}
	scopeLogs := func() {
		m.object(map[string]func(){"scope": scope, "logRecords": func() { m.list(record) }, "schemaUrl": m.text}, m.any("scope", "schemaUrl"), "logRecords")
	}
	resource := func() { m.object(map[string]func(){"attributes": m.attributes}, "attributes") }
	resourceLogs := func() {
		m.object(map[string]func(){"resource": resource, "scopeLogs": func() { m.list(scopeLogs) }, "schemaUrl": m.text}, "scopeLogs", m.any("resource", "schemaUrl"))
	}
	m.space()
	m.object(map[string]func(){"resourceLogs": func() { m.list(resourceLogs) }}, "resourceLogs")
	m.out.WriteString(m.one("", "x", "{}", "\x00", " \n"))
	return m.out.String()
}

// What is decoded is what pdata decodes, of requests in which anything may be odd.
func TestAgreesWithPdata(t *testing.T) {
	decoded, records := 0, 0
	for seed := range uint64(30_000) {
		m := &requestMaker{r: rand.New(rand.NewPCG(seed, 1))}
		raw := []byte(m.request())
		got, ok := otlplogs.Decode(raw)
		if !ok {
			continue
		}
		decoded++
		records += got.LogRecordCount()
		want, err := pdata(raw)
		require.NoError(t, err, "%s", raw)
		w, err := (&plog.ProtoMarshaler{}).MarshalLogs(want)
		require.NoError(t, err)
		g, err := (&plog.ProtoMarshaler{}).MarshalLogs(got)
		require.NoError(t, err)
		require.Equal(t, w, g, "%s", raw)
	}
	t.Logf("%d requests with %d records were decoded", decoded, records)
	require.Greater(t, decoded, 10_000)
	require.Greater(t, records, 2_000)
}
