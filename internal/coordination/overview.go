package coordination

// Overview is several sessions as a whole.
type Overview struct {
	Sessions    int   `json:"sessions"`
	Agents      int   `json:"agents"` // that were seen, the main ones not among them
	Delegations int   `json:"delegations"`
	Failed      int   `json:"failed"` // delegations
	ToolCalls   int   `json:"tool_calls"`
	Errors      int   `json:"errors"`
	Tokens      int64 `json:"tokens"` // of delegations of which something tells
	TokensOf    int   `json:"tokens_of"`

	Wall   int64 `json:"wall_ms"` // of each session, added up; so are the others
	Active int64 `json:"active_ms"`
	Work   int64 `json:"work_ms"`
	Peak   int   `json:"peak"` // the highest of a session
	// Approval is for how long agents stood still because a person was asked.
	Approval int64 `json:"approval_ms"`
	// Parallelism is Work / Active, ParallelEfficiency Work / (Active × Peak), where
	// each session has its own Peak. -1 without work.
	Parallelism        float64 `json:"parallelism"`
	ParallelEfficiency float64 `json:"parallel_efficiency"`
	Overlap            float64 `json:"overlap"`   // of Active; -1 without work
	Delegated          float64 `json:"delegated"` // of Work; -1 without work
	CriticalPath       int64   `json:"critical_path_ms"`
	CriticalDelegated  int64   `json:"critical_delegated_ms"`

	Conflicts       int `json:"conflicts"`
	Repeated        int `json:"repeated"`
	Recommendations int `json:"recommendations"`
	LeftOut         int `json:"left_out"`
}

// Look adds sessions up.
func Look(sessions []Named) Overview {
	o := Overview{Sessions: len(sessions), Parallelism: -1, ParallelEfficiency: -1, Overlap: -1, Delegated: -1}
	var capacity, overlap, delegated float64
	for i := range sessions {
		s := &sessions[i].Session
		for j := range s.Delegations {
			d := &s.Delegations[j]
			o.Delegations++
			if d.AgentID != "" {
				o.Agents++
			}
			if d.Outcome == OutcomeFailed {
				o.Failed++
			}
			if d.Tokens >= 0 {
				o.Tokens += d.Tokens
				o.TokensOf++
			}
		}
		for _, t := range s.Types {
			o.ToolCalls += t.ToolCalls
			o.Errors += t.Errors
		}
		e := &s.Efficiency
		o.Wall, o.Active, o.Work, o.Peak = o.Wall+e.Wall, o.Active+e.Active, o.Work+e.Work, max(o.Peak, e.Peak)
		o.Approval += e.Approval
		capacity += float64(e.Active) * float64(e.Peak)
		overlap += e.Overlap * float64(e.Active)
		delegated += e.Delegated * float64(e.Work)
		o.CriticalPath += s.CriticalPath.Length
		o.CriticalDelegated += s.CriticalPath.Delegated
		o.Conflicts += s.ConflictCount
		o.Repeated += s.RepeatCount
		o.Recommendations += len(s.Recommendations)
		o.LeftOut += s.LeftOut
	}
	if o.Work > 0 && o.Active > 0 {
		o.Parallelism = float64(o.Work) / float64(o.Active)
		o.Overlap = overlap / float64(o.Active)
		o.Delegated = delegated / float64(o.Work)
		if capacity > 0 {
			o.ParallelEfficiency = float64(o.Work) / capacity
		}
	}
	return o
}
