package shellcommand

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRecipesAreOfWhatIsMade(t *testing.T) {
	rules := makeRules("all: a b\n\techo all\na:\n\t@-echo a $$HOME\n\trm $(X)\nclean:\n\trm -rf build\nb: ; echo b\nx := y:z\n")
	assert.Equal(t, "echo all\necho a $HOME\necho b\n", strings.ReplaceAll(recipes(rules, nil), "\n ", "\n"))
	assert.Equal(t, "rm -rf build\n", recipes(rules, []string{"clean"}))
	assert.Empty(t, recipes(rules, []string{"none"}))
	loop := makeRules("a: b\n\techo a\nb: a\n\techo b\n")
	assert.Equal(t, "echo a\necho b\n", recipes(loop, []string{"a"}))
}

func TestOnlyRequestedTargetsRun(t *testing.T) {
	a := Analyze("printf 'test:\\n\\tgo test\\nclean:\\n\\trm -rf /\\n' > Makefile; make test", Options{Dir: "/w"})
	assert.Contains(t, all(a), "go test")
	assert.NotContains(t, all(a), "rm -rf /")
}
