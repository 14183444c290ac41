package export

import (
	"bytes"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/auditexport"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// manifestText tells a person what was made.
func manifestText(m *auditexport.Manifest, dir string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d records, %d to %d of the log %s, in %s\n", m.Records, *m.FirstSeq, *m.LastSeq, orUnknown(m.Log), termtext.Clean(dir))
	for _, f := range m.Files {
		fmt.Fprintf(&b, "  %s  %s  %d bytes\n", f.SHA256, termtext.Pad(f.Name, 12), f.Bytes)
	}
	proofsText(&b, m)
	if m.Damaged != "" {
		fmt.Fprintf(&b, "A part of the log cannot be read: %s\n", termtext.Clean(m.Damaged))
	}
	return b.Bytes()
}

func proofsText(b *bytes.Buffer, m *auditexport.Manifest) {
	p := &m.Proofs
	if p.Against != nil {
		fmt.Fprintf(b, "%d proven against the checkpoint of %d records, root %s\n", p.Proven, p.Against.TreeSize, termtext.Clean(p.Against.Root))
	}
	if p.Missing > 0 {
		fmt.Fprintf(b, "%d not proven: %s\n", p.Missing, termtext.Clean(p.Reason))
	}
}

// checkedText tells a person what came of a check.
func checkedText(c *auditexport.Checked, withKey bool) []byte {
	var b bytes.Buffer
	if !c.Holds {
		fmt.Fprintln(&b, "The export does not hold:")
		for _, p := range c.Problems {
			fmt.Fprintf(&b, "  %s\n", termtext.Clean(p))
		}
		return b.Bytes()
	}
	fmt.Fprintf(&b, "The files are those of the manifest: %d records of the log %s.\n", c.Records, orUnknown(termtext.Clean(c.Manifest.Log)))
	switch {
	case c.Manifest.Proofs.Against == nil:
		fmt.Fprintf(&b, "None is proven: %s\n", termtext.Clean(c.Manifest.Proofs.Reason))
	case !withKey:
		fmt.Fprintln(&b, "Whether they are in the log was not checked: give the log's verification key with --key.")
	default:
		fmt.Fprintf(&b, "%d of them are in the log, by its checkpoint of %d records.\n", c.Proven, c.Manifest.Proofs.Against.TreeSize)
	}
	return b.Bytes()
}

func orUnknown(s string) string {
	if s == "" {
		return "(without an id)"
	}
	return s
}
