// Package page writes reports as HTML: one file that needs nothing else, neither a
// network nor a script.
//
// The templates are fixed and html/template escapes what is put into them. Text of
// records is cut and its invisible characters are written out first (text.go), so that
// it can neither reorder nor hide what stands beside it. A content security policy
// names the one style and the one script by their hash: nothing else is loaded or run,
// whatever the text of a record is.
package page

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed assets
var assets embed.FS

// Options say how a report is written.
type Options struct {
	// Print leaves out what only a screen has use for: filters and their script.
	Print bool
	// Rows is how many rows of a table are shown, DefaultRows when it is 0.
	Rows int
}

// DefaultRows is how many rows of a table are shown.
const DefaultRows = 1000

func (o Options) rows() int {
	if o.Rows <= 0 {
		return DefaultRows
	}
	return o.Rows
}

// document is what every page has.
type document struct {
	Title  string
	CSP    string
	Style  template.CSS
	Script template.JS // "" for none
}

// newDocument makes the head of a page. footer stands at the foot of each printed
// sheet: letters, digits and what separates them only.
func newDocument(title, footer string, o Options) (document, error) {
	d := document{Title: title}
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return d, fmt.Errorf("read the style: %w", err)
	}
	sheet := "@page { @bottom-left { content: \"" + plainASCII(footer) + "\"; font: 8pt sans-serif; color: #4d5763; } " +
		"@bottom-right { content: \"Page \" counter(page) \" of \" counter(pages); font: 8pt sans-serif; color: #4d5763; } }\n"
	d.Style = template.CSS("\n" + string(style) + sheet) //nolint:gosec // ours, and a text of letters and digits
	policy := []string{"default-src 'none'", "style-src " + hashOf(string(d.Style)), "base-uri 'none'", "form-action 'none'"}
	if !o.Print {
		script, err := assets.ReadFile("assets/script.js")
		if err != nil {
			return d, fmt.Errorf("read the script: %w", err)
		}
		d.Script = template.JS("\n" + string(script)) //nolint:gosec // ours
		policy = append(policy, "script-src "+hashOf(string(d.Script)))
	}
	d.CSP = strings.Join(policy, "; ")
	return d, nil
}

// hashOf names a style or a script in a content security policy.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// plainASCII keeps what can stand in a string of CSS.
func plainASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == ',' || r == '-' || r == ':' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

func parse(name string) (*template.Template, error) {
	t, err := template.New(name).Funcs(functions).ParseFS(assets, "assets/parts.html", "assets/agents.html", "assets/coordination.html", "assets/"+name)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	return t, nil
}

func execute(out io.Writer, name string, data any) error {
	t, err := parse(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	if err := t.Execute(w, data); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
