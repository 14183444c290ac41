package detection

// sessionField is a field of Session by its name in rules and tests. Exactly one
// of its functions is set.
type sessionField struct {
	number func(*Session) *int64
	flag   func(*Session) *bool
	text   func(*Session) *string
}

// least reports whether a counter is at least n, or the flag or text is set.
func (f *sessionField) least(s *Session, n int64) bool {
	switch {
	case f.number != nil:
		return *f.number(s) >= n
	case f.flag != nil:
		return *f.flag(s)
	}
	return *f.text(s) != ""
}

var sessionFields = map[string]*sessionField{
	"calls_60s":             {number: func(s *Session) *int64 { return &s.Calls60s }},
	"baseline_60s":          {number: func(s *Session) *int64 { return &s.Baseline60s }},
	"violations_10m":        {number: func(s *Session) *int64 { return &s.Violations10m }},
	"distinct_rules_10m":    {number: func(s *Session) *int64 { return &s.DistinctRules10m }},
	"denied_10m":            {number: func(s *Session) *int64 { return &s.Denied10m }},
	"failed_10m":            {number: func(s *Session) *int64 { return &s.Failed10m }},
	"outside_10m":           {number: func(s *Session) *int64 { return &s.Outside10m }},
	"deleted_10m":           {number: func(s *Session) *int64 { return &s.Deleted10m }},
	"project_violations_1h": {number: func(s *Session) *int64 { return &s.ProjectViolations1h }},
	"secret_read_recently":  {flag: func(s *Session) *bool { return &s.SecretReadRecently }},
	"download_recently":     {flag: func(s *Session) *bool { return &s.DownloadRecently }},
	"written_recently":      {flag: func(s *Session) *bool { return &s.WrittenRecently }},
	"chmod_recently":        {flag: func(s *Session) *bool { return &s.ChmodRecently }},
	"secret_read":           {text: func(s *Session) *string { return &s.SecretRead }},
	"executed_file":         {text: func(s *Session) *string { return &s.ExecutedFile }},
}

func defineSession() *objectType {
	g := getters[Session]{}
	for name, f := range sessionFields {
		switch {
		case f.number != nil:
			g[name] = func(s *Session) int64 { return *f.number(s) }
		case f.flag != nil:
			g[name] = func(s *Session) bool { return *f.flag(s) }
		default:
			g[name] = func(s *Session) string { return *f.text(s) }
		}
	}
	return define("Session", g)
}
