// Package recorded makes coordination events of records: of the collector's, of entries
// of the audit log, and of entries in Loki.
package recorded
