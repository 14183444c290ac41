package auditlog

import "errors"

var (
	// ErrLocked says that another process writes this log.
	ErrLocked = errors.New("the audit log is already open for writing: stop the other collector, or give this one another directory")
	// ErrKeysLocked says that another log signs with the keys in this directory.
	ErrKeysLocked = errors.New("another audit log signs with the keys in it: give each log a directory of keys of its own")
	// ErrClosed says that the log was closed.
	ErrClosed = errors.New("the audit log is closed")
	// ErrRecordTooLarge says that a record is above Options.MaxRecordBytes.
	// Appending a cut version of it can succeed; trying again cannot.
	ErrRecordTooLarge = errors.New("the record is larger than the audit log takes")
	// ErrInvalidRecord says that a record is not one line of JSON. Trying again
	// cannot succeed.
	ErrInvalidRecord = errors.New("the record is not a JSON object on one line")
	// ErrUnavailable says that nothing of an Append is in the log because the
	// disk refused (full, read only, failing). Trying again later can succeed.
	ErrUnavailable = errors.New("the audit log cannot be written now: free disk space or check the disk, then it goes on by itself")
	// ErrCorrupt says that lines of the log could not be read. The entries that
	// could be have been delivered.
	ErrCorrupt = errors.New("the audit log has lines that cannot be read")
)
