package detection

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Bounds of a rule file.
const (
	MaxFileBytes = 1 << 20
	MaxRules     = 1024 // of all files
	maxNodesFile = 100_000
	maxDepthFile = 16
)

// Source is a rule file.
type Source struct {
	Name string // for faults
	Data []byte
	// User says that it is the user's: its rules need less metadata, and it may
	// override others.
	User bool
}

// document is a rule file as it stands.
type document struct {
	Version   int        `yaml:"version"` // of the format: 1
	Rules     []Rule     `yaml:"rules"`
	Overrides []Override `yaml:"overrides"`
}

// Override changes a rule of another file, by its slug. What it does not name
// stays as it is.
type Override struct {
	Slug     string `yaml:"slug"`
	Disabled bool   `yaml:"disabled"`
	// Severity replaces that of the rule and of its escalations.
	Severity  string `yaml:"severity"`
	RiskScore *int   `yaml:"risk_score"`
	// Enforce is deny, ask or none.
	Enforce    string      `yaml:"enforce"`
	Suppress   *Suppress   `yaml:"suppress"`
	Exceptions []Exception `yaml:"exceptions"` // added to the rule's
	Reason     string      `yaml:"reason"`
}

// file is a document and where its parts stand.
type file struct {
	source Source
	doc    document
	root   *yaml.Node
	faults Faults
	// bad are the lines with faults of form.
	bad []int
}

func (f *file) fault(line int, rule, format string, args ...any) {
	f.faults = append(f.faults, Fault{Source: f.source.Name, Line: line, Rule: rule, Text: fmt.Sprintf(format, args...)})
}

func (f *file) warn(line int, rule, format string, args ...any) {
	f.fault(line, rule, format, args...)
	f.faults[len(f.faults)-1].Warning = true
}

// parse reads a file's form. A panic of the library is a fault.
func parse(s Source) (f *file) {
	f = &file{source: s}
	defer func() {
		if r := recover(); r != nil {
			f.fault(0, "", "the file cannot be read: %v", r)
		}
	}()
	if len(s.Data) > MaxFileBytes {
		f.fault(0, "", "the file has %d bytes, more than %d", len(s.Data), MaxFileBytes)
		return f
	}
	if len(bytes.TrimSpace(s.Data)) == 0 {
		return f
	}
	d := yaml.NewDecoder(bytes.NewReader(s.Data))
	var root yaml.Node
	if err := d.Decode(&root); err != nil {
		if !errors.Is(err, io.EOF) { // comments only
			f.yamlFaults(err)
		}
		return f
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		f.fault(0, "", "there is a second document: the first one counts alone")
		return f
	}
	count := 0
	if !f.plain(&root, 0, &count) {
		return f
	}
	f.root = &root
	d = yaml.NewDecoder(bytes.NewReader(s.Data))
	d.KnownFields(true)
	if err := d.Decode(&f.doc); err != nil {
		f.yamlFaults(err)
	}
	if f.doc.Version != 1 {
		f.fault(f.line("version"), "", "version: %d is not 1, the version of the format", f.doc.Version)
	}
	return f
}

// plain refuses what makes a small file large.
func (f *file) plain(n *yaml.Node, depth int, count *int) bool {
	*count++
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f.fault(n.Line, "", "anchors and aliases are not allowed")
		return false
	case depth > maxDepthFile:
		f.fault(n.Line, "", "nested deeper than %d", maxDepthFile)
		return false
	case *count > maxNodesFile:
		f.fault(n.Line, "", "more than %d values", maxNodesFile)
		return false
	}
	for _, c := range n.Content {
		if !f.plain(c, depth+1, count) {
			return false
		}
	}
	return true
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

func (f *file) yamlFaults(err error) {
	texts := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		texts = te.Errors
	}
	for _, t := range texts {
		line := 0
		if m := yamlLine.FindStringSubmatch(t); m != nil {
			line, _ = strconv.Atoi(m[1]) // digits
			t = m[2]
		}
		t = strings.ReplaceAll(t, " in type detection.", " in ")
		f.bad = append(f.bad, line)
		f.fault(line, "", "%s", t)
	}
}

// line is where a value stands: "rules", 3, "condition". Of what is not there it is
// the line of what it would be in.
func (f *file) line(path ...any) int {
	if n := f.node(path...); n != nil {
		return n.Line
	}
	return 0
}

func (f *file) node(path ...any) *yaml.Node {
	n := f.root
	if n == nil {
		return nil
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, p := range path {
		next := child(n, p)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					return n.Content[i+1]
				}
			}
		}
	}
	return nil
}

// malformed reports whether rule i has a fault of form, so that checking what it
// says would only repeat it.
func (f *file) malformed(i int) bool {
	from, to := f.line("rules", i), int(^uint(0)>>1)
	if i+1 < len(f.doc.Rules) {
		to = f.line("rules", i+1)
	}
	for _, l := range f.bad {
		if l >= from && l < to {
			return true
		}
	}
	return false
}
