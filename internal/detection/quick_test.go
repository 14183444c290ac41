package detection

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

func TestQuicklyFalse(t *testing.T) {
	none := &facts.Facts{Paths: []facts.Path{{Path: "/a"}, {Path: "/b"}}}
	some := &facts.Facts{Paths: []facts.Path{{Path: "/a"}, {Path: "/b", OutsideProject: true}}}
	for expression, quick := range map[string]bool{
		"paths.exists(p, p.outside_project)":                                                    true,
		"paths.exists(p, p.outside_project && p.class in ['home'])":                             true,
		"paths.exists(x, x.outside_project && x.path != '' && x.glob) && session.calls_60s > 1": true,
		"paths.exists(p, p.outside_project || p.glob)":                                          false,
		"paths.exists(p, p.glob && p.outside_project)":                                          false,
		"paths.exists(p, !p.outside_project)":                                                   false,
		"!paths.exists(p, p.outside_project)":                                                   false,
		"paths.all(p, p.outside_project)":                                                       false,
		"paths.exists_one(p, p.outside_project)":                                                false,
		"paths.exists(p, p.outside_project) || event.failed":                                    false,
		"paths.exists(p, event.outside_project)":                                                false,
		"event.failed && paths.exists(p, p.outside_project)":                                    false,
		"paths.exists(p, p.outside_project && p.glob) ? false : true":                           false,
		"acts.exists(a, a.remote)":                                                              false,
		"true":                                                                                  false,
	} {
		c, err := compile(expression)
		require.NoError(t, err, expression)
		require.Equal(t, quick, c.quicklyFalse(none), expression)
		require.False(t, c.quicklyFalse(some), expression)
		if quick {
			for _, f := range []*facts.Facts{none, {}} {
				held, err := c.holds(t.Context(), &vars{f: f, s: &Session{Calls60s: 5}})
				require.NoError(t, err, expression)
				require.False(t, held, expression)
			}
		}
	}
	asked := 0
	rules, faults := Load(Defaults())
	require.NoError(t, faults.Err())
	for _, c := range rules.rules {
		if c.condition != nil && c.condition.asksOutside {
			asked++
		}
	}
	require.Positive(t, asked, "no default rule is meant")
}
