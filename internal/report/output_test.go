package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestJSONAndCSVHaveAllRows(t *testing.T) {
	var records []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Events: 1500, Sessions: 10, Start: day, Span: 20 * time.Hour}).All() {
		records = append(records, ld)
	}
	r := build(t, options(t, newHome(t, append(records, recorded.Sessions(day.Add(time.Hour))...)...)))
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	var whole struct {
		Report
		Sessions      []Session      `json:"sessions"`
		Modifications []Modification `json:"file_modifications"`
		Violations    []Violation    `json:"scope_violations"`
		Alerts        []Alert        `json:"alerts"`
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &whole))
	require.Equal(t, all(t, r.Modifications), whole.Modifications)
	require.Equal(t, all(t, r.Violations), whole.Violations)
	require.Equal(t, all(t, r.Alerts), whole.Alerts)
	require.Equal(t, all(t, r.Sessions), whole.Sessions)
	require.Equal(t, TableSizes{len(whole.Sessions), len(whole.Modifications), len(whole.Violations), len(whole.Alerts)}, whole.Tables)
	require.Equal(t, Format, whole.Format)
	require.NotContains(t, b.String(), ": null,\n  \"rows", "tables are never null")

	b.Reset()
	require.NoError(t, r.WriteCSVs(&b))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	rows := map[string]int{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		table, err := csv.NewReader(in).ReadAll()
		require.NoError(t, err, f.Name)
		rows[f.Name] = len(table) - 1
		for _, row := range table[1:] {
			for _, cell := range row {
				require.False(t, cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r"), "%s: %q", f.Name, cell)
			}
		}
	}
	require.Equal(t, whole.Tables.Modifications, rows["file_modifications.csv"])
	require.Equal(t, whole.Tables.Violations, rows["scope_violations.csv"])
	require.Equal(t, whole.Tables.Alerts, rows["alerts.csv"])
	require.Equal(t, whole.Tables.Sessions, rows["sessions.csv"])
	require.Len(t, rows, len(TableNames()))
	require.ErrorIs(t, r.WriteTable(&b, "none"), ErrNoTable)
}

func TestNothingInThePeriod(t *testing.T) {
	o := options(t, newHome(t, recorded.Sessions(day.AddDate(0, 0, 5))...))
	o.Now = day.AddDate(0, 0, 7)
	r := build(t, o)
	require.Zero(t, r.Summary.Events)
	require.Nil(t, r.Audit.FirstSeq)
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	require.True(t, json.Valid(b.Bytes()))
	require.NoError(t, r.WriteCSVs(&b))
}
