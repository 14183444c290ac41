// Package auditotlp makes OTLP log records of the entries of the audit log: the
// way back from what exporter/auditlogexporter wrote.
//
// JSON keeps less than OTLP: a double without a fraction comes back as an
// integer, bytes as their base64 text, NaN and the infinities as text. What is
// written from the record as JSON again is the same, but for the infinities.
package auditotlp
