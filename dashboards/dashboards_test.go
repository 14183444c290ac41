package dashboards_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/dashboards"
)

// board is what the checks look at.
type board struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	Description   string `json:"description"`
	SchemaVersion int    `json:"schemaVersion"`
	Panels        []panel
	Templating    struct {
		List []struct {
			Name, Label, Description string
		}
	}
}

type panel struct {
	ID          int    `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Interval    string `json:"interval"`
	GridPos     struct{ X, Y, W, H int }
	Collapsed   bool
	Panels      []panel
	Datasource  struct{ Type, UID string }
	Targets     []struct {
		RefID, Expr, QueryType string
		MaxLines               int
		Datasource             struct{ Type, UID string }
	}
	Transformations []struct {
		ID      string
		Options map[string]any
	}
	FieldConfig struct {
		Defaults struct {
			Unit, NoValue string
			Thresholds    struct{ Steps []any }
			Links         []struct{ URL string }
		}
		Overrides []struct {
			Matcher    struct{ ID, Options string }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
}

func load(t *testing.T) map[string]board {
	t.Helper()
	names, err := fs.Glob(dashboards.Files, "*.json")
	require.NoError(t, err)
	require.Len(t, names, 8)
	all := map[string]board{}
	for _, name := range names {
		raw, err := dashboards.Files.ReadFile(name)
		require.NoError(t, err)
		var b board
		require.NoError(t, json.Unmarshal(raw, &b))
		all[name] = b
	}
	return all
}

// each calls fn for every panel that is no row.
func (b board) each(fn func(panel)) {
	for _, p := range b.Panels {
		if p.Type != "row" {
			fn(p)
		}
		for _, inner := range p.Panels {
			fn(inner)
		}
	}
}

func TestRegenerationChangesNothing(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "run", "./generate", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	made, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.Len(t, made, len(load(t)))
	for _, path := range made {
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := dashboards.Files.ReadFile(filepath.Base(path))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "run `make dashboards`")
	}
}

func TestPanelsHaveWhatAPersonNeeds(t *testing.T) {
	for name, b := range load(t) {
		require.NotEmpty(t, b.Description, name)
		require.Equal(t, 39, b.SchemaVersion, "that of Grafana 11.1")
		for _, v := range b.Templating.List {
			require.NotEmpty(t, v.Label, "%s: variable %s", name, v.Name)
			require.NotEmpty(t, v.Description, "%s: variable %s", name, v.Name)
		}
		titles := map[string]bool{}
		b.each(func(p panel) {
			what := fmt.Sprintf("%s: panel %d %q", name, p.ID, p.Title)
			require.NotEmpty(t, p.Title, what)
			require.False(t, titles[p.Title], "%s: two of that title", what)
			titles[p.Title] = true
			require.GreaterOrEqual(t, len(p.Description), 20, what)
			require.NotEmpty(t, p.FieldConfig.Defaults.Unit, what)
			require.NotEmpty(t, p.FieldConfig.Defaults.NoValue, "%s: what to do when it is empty", what)
			require.NotEmpty(t, p.FieldConfig.Defaults.Thresholds.Steps, what)
			require.NotEmpty(t, p.Interval, what)
			require.Equal(t, "${datasource}", p.Datasource.UID, what)
			require.Equal(t, "loki", p.Datasource.Type, what)
			require.NotEmpty(t, p.Targets, what)
			for i, q := range p.Targets {
				require.Equal(t, string(rune('A'+i)), q.RefID, what)
				require.Equal(t, "${datasource}", q.Datasource.UID, what)
				require.Contains(t, []string{"range", "instant"}, q.QueryType, what)
			}
			if p.Type == "stat" {
				require.LessOrEqual(t, len(p.FieldConfig.Defaults.NoValue), 64, "%s: must fit", what)
			}
		})
	}
}

func TestPanelsHaveAPlace(t *testing.T) {
	for name, b := range load(t) {
		ids, taken := map[int]string{}, map[[2]int]string{}
		place := func(p panel, taken map[[2]int]string) {
			require.NotZero(t, p.ID, "%s: %q", name, p.Title)
			require.Empty(t, ids[p.ID], "%s: %q has the id of %q", name, p.Title, ids[p.ID])
			ids[p.ID] = p.Title
			require.Positive(t, p.GridPos.W, "%s: %q", name, p.Title)
			require.Positive(t, p.GridPos.H, "%s: %q", name, p.Title)
			require.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, "%s: %q", name, p.Title)
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					require.Empty(t, taken[[2]int{x, y}], "%s: %q lies on it", name, p.Title)
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
		for _, p := range b.Panels {
			place(p, taken)
			inner := map[[2]int]string{} // a folded row's panels have places of their own
			for _, q := range p.Panels {
				require.True(t, p.Collapsed)
				place(q, inner)
			}
		}
	}
}

var (
	used     = regexp.MustCompile(`\$\{(\w+)(:\w+)?\}|\$(\w+)`)
	kept     = regexp.MustCompile(`^\$\{(\w+):queryparam\}$`)
	selector = regexp.MustCompile(`\{[^{}]*service=`)
)

// Variables that are used exist, in queries and in links; links lead to dashboards
// that exist, and set variables that these have.
func TestVariablesAndLinksLeadSomewhere(t *testing.T) {
	all := load(t)
	byUID := map[string]board{}
	for _, b := range all {
		require.LessOrEqual(t, len(b.UID), 40)
		byUID[b.UID] = b
	}
	for name, b := range all {
		has := b.variables()
		uses := map[string]bool{"datasource": true}
		b.each(func(p panel) {
			for _, q := range p.Targets {
				require.Regexp(t, selector, q.Expr)
				for _, m := range used.FindAllStringSubmatch(q.Expr, -1) {
					if variable := m[1]; variable != "" {
						require.True(t, has[variable], "%s: %q uses %s", name, p.Title, m[0])
						uses[variable] = true
					}
				}
			}
			for _, link := range p.links(t) {
				link.check(t, name+": "+p.Title, has, byUID)
			}
		})
		raw, err := dashboards.Files.ReadFile(name)
		require.NoError(t, err)
		for variable := range has {
			require.True(t, uses[variable] || strings.Contains(string(raw), "${"+variable+":regex}"), "%s: nothing uses the variable %s", name, variable)
		}
	}
}

func (b board) variables() map[string]bool {
	has := map[string]bool{}
	for _, v := range b.Templating.List {
		has[v.Name] = true
	}
	return has
}

type link string

func (p panel) links(t *testing.T) []link {
	t.Helper()
	var list []link
	for _, l := range p.FieldConfig.Defaults.Links {
		list = append(list, link(l.URL))
	}
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			if property.ID != "links" {
				continue
			}
			var links []struct{ URL string }
			require.NoError(t, json.Unmarshal(property.Value, &links))
			for _, l := range links {
				list = append(list, link(l.URL))
			}
		}
	}
	return list
}

func (l link) check(t *testing.T, where string, has map[string]bool, byUID map[string]board) {
	t.Helper()
	path, query, found := strings.Cut(string(l), "?")
	require.True(t, found, where)
	uid, err := url.PathUnescape(strings.TrimPrefix(path, "/d/"))
	require.NoError(t, err, where)
	to, exists := byUID[uid]
	require.True(t, exists, "%s: there is no dashboard %s", where, uid)
	require.Contains(t, query, "${__url_time_range}", where)
	require.Contains(t, query, "${datasource:queryparam}", where)
	for _, part := range strings.Split(query, "&") {
		if m := kept.FindStringSubmatch(part); m != nil {
			require.True(t, has[m[1]], "%s: this dashboard has no variable %s", where, m[1])
			require.True(t, to.variables()[m[1]], "%s: %s has no variable %s", where, uid, m[1])
		}
		if set, ok := strings.CutPrefix(part, "var-"); ok {
			variable, value, _ := strings.Cut(set, "=")
			require.True(t, to.variables()[variable], "%s: %s has no variable %s", where, uid, variable)
			require.Regexp(t, `^\$\{__(data\.fields|field\.labels)\.\w+:percentencode\}$`, value, "%s: a record's text must be encoded", where)
		}
	}
}

// Settings of single fields are for fields that the panel has.
func TestOverridesMeanFields(t *testing.T) {
	for name, b := range load(t) {
		b.each(func(p panel) {
			if p.Type != "table" {
				return
			}
			shown := map[string]bool{}
			for _, tr := range p.Transformations {
				switch tr.ID {
				case "filterFieldsByName":
					if include, ok := tr.Options["include"].(map[string]any); ok {
						for _, n := range include["names"].([]any) { //nolint:forcetypeassert // a test
							shown[n.(string)] = true //nolint:forcetypeassert // a test
						}
					}
				case "organize":
					for from, to := range tr.Options["renameByName"].(map[string]any) { //nolint:forcetypeassert // a test
						require.True(t, shown[from], "%s: %q has no field %s", name, p.Title, from)
						delete(shown, from)
						shown[to.(string)] = true //nolint:forcetypeassert // a test
					}
				}
			}
			for _, o := range p.FieldConfig.Overrides {
				require.True(t, shown[o.Matcher.Options], "%s: %q has no column %s", name, p.Title, o.Matcher.Options)
			}
		})
	}
}

// Raw records are asked for only where they are few, or where a limit or a chosen
// session bounds them.
func TestNoPanelReadsADayOfRecords(t *testing.T) {
	few := regexp.MustCompile("event=`(security_alert|alert_acknowledged|telemetry_gap|subagent_start|agent_link)`")
	small := map[string]bool{"claude-telemetry-rollup": true, "claude-telemetry-coordination": true}
	for name, b := range load(t) {
		b.each(func(p panel) {
			for _, q := range p.Targets {
				for _, s := range regexp.MustCompile("\\{[^{}]*service=`([^`]*)`.*?\\}").FindAllStringSubmatch(strings.ReplaceAll(q.Expr, ":regex}", ":regex)"), -1) {
					if small[s[1]] {
						continue
					}
					session := strings.Contains(q.Expr, "session_id=~`${session:regex}`")
					require.True(t, few.MatchString(s[0]) || session, "%s: %q asks for too much: %s", name, p.Title, s[0])
				}
			}
			if p.Type == "logs" {
				for _, q := range p.Targets {
					require.Positive(t, q.MaxLines, "%s: %q", name, p.Title)
				}
			}
		})
	}
}
