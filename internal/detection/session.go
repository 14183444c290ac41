package detection

// Session is what is known of the session of an event, and of its project, at the
// time of the event: itself counted, and what came after it not. All are 0 or
// false when nothing is known.
//
// In a rule's condition they are fields of session, by the names in the comments.
type Session struct {
	// Calls60s are the tool calls within 60 s, each once. session.calls_60s
	Calls60s int64
	// Baseline60s is how many tool calls within 60 s are usual for the session; 0
	// as long as that cannot be told. session.baseline_60s
	Baseline60s int64
	// Violations10m are events within 10 minutes in which a rule of severity
	// medium or above found something. session.violations_10m
	Violations10m int64
	// DistinctRules10m are the different rules of these. session.distinct_rules_10m
	DistinctRules10m int64
	// Denied10m are tool calls within 10 minutes that were denied. session.denied_10m
	Denied10m int64
	// Failed10m are tool calls within 10 minutes that failed. session.failed_10m
	Failed10m int64
	// Outside10m are file operations within 10 minutes that left the project.
	// session.outside_10m
	Outside10m int64
	// Deleted10m are deletions of files within 10 minutes. session.deleted_10m
	Deleted10m int64
	// ProjectViolations1h are as Violations10m, of all sessions of the project
	// within an hour. session.project_violations_1h
	ProjectViolations1h int64

	// SecretReadRecently says that a credential was read in the last 10 minutes,
	// by an earlier event. session.secret_read_recently
	SecretReadRecently bool
	// SecretRead is what was read, for the evidence. session.secret_read
	SecretRead string
	// DownloadRecently says that a file which this event executes or makes
	// executable was downloaded in the last 10 minutes, by an earlier event.
	// session.download_recently
	DownloadRecently bool
	// WrittenRecently says the same of a file that the agent wrote.
	// session.written_recently
	WrittenRecently bool
	// ChmodRecently says that a file which this event executes was made executable
	// in the last 10 minutes, by an earlier event. session.chmod_recently
	ChmodRecently bool
	// ExecutedFile is the file that these three speak of. session.executed_file
	ExecutedFile string
}
