package detection

import (
	"fmt"
	"sort"
	"strings"
)

// Fault is something wrong in a rule file.
type Fault struct { //nolint:errname // a fault of a file, which is an error, too
	Source string
	Line   int // 0 when not known
	Rule   string
	Text   string
	// Warning says that the rules can be used all the same.
	Warning bool
}

func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Source)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	if f.Rule != "" {
		b.WriteString("rule " + clean(f.Rule, 64) + ": ")
	}
	b.WriteString(clean(f.Text, 1024))
	return b.String()
}

// Faults are all faults of the sources, in the order in which they stand. As an
// error they are those that are no warnings.
type Faults []Fault //nolint:errname // see Fault

// Err is nil when there are warnings only.
func (f Faults) Err() error {
	for _, one := range f {
		if !one.Warning {
			return f
		}
	}
	return nil
}

func (f Faults) Error() string {
	var lines []string
	for _, one := range f {
		if one.Warning {
			continue
		}
		if len(lines) == 20 {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

func (f Faults) sort() {
	sort.SliceStable(f, func(i, j int) bool {
		if f[i].Source != f[j].Source {
			return false // in the order of the sources
		}
		return f[i].Line < f[j].Line
	})
}
