package eventgen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// project is a directory that sessions work in.
type project struct {
	name, path, suffix string
	files              []string
	commands           []string
}

func (p *project) transcripts() string { return strings.ReplaceAll(p.path, "/", "-") }

var projects = func() []*project {
	var all []*project
	for i, d := range []struct{ name, suffix string }{
		{"webshop", "go"}, {"billing", "py"}, {"frontend", "ts"}, {"search-api", "go"}, {"data-jobs", "py"}, {"mobile", "kt"}, {"infra", "tf"}, {"handbook", "md"},
	} {
		p := &project{name: d.name, path: "/home/dev/src/" + d.name, suffix: d.suffix, commands: slices2(commands[d.suffix], commands[""])}
		r := rand.New(rand.NewPCG(42, uint64(i)))
		for range 90 {
			p.files = append(p.files, fmt.Sprintf("%s/%s/%s_%s.%s", p.path, pick(r, dirs), word(r), word(r), d.suffix))
		}
		all = append(all, p)
	}
	return all
}()

func slices2(a, b []string) []string { return append(append([]string(nil), a...), b...) }

// file is one of the project's files, some far more often than others.
func (s *session) file() string {
	f := s.project.files
	return f[min(int(s.r.ExpFloat64()*float64(len(f))/6), len(f)-1)]
}

func (s *session) command() string {
	command := pick(s.r, s.project.commands)
	if strings.Contains(command, "%s") {
		command = fmt.Sprintf(command, strings.TrimPrefix(s.file(), s.project.path+"/"))
	}
	return command
}

var (
	dirs     = []string{"cmd", "internal/cart", "internal/order", "pkg/api", "src/components", "src/pages", "lib", "test", "scripts"}
	commands = map[string][]string{
		"go": {"go test ./...", "go build ./...", "go vet ./...", "gofmt -l .", "go test -run TestCart ./internal/cart"},
		"py": {"pytest -q", "python -m mypy .", "ruff check .", "pytest tests -k order -x"},
		"ts": {"npm test", "npm run build", "npx tsc --noEmit", "npm run lint", "npx eslint %s"},
		"kt": {"./gradlew test", "./gradlew assembleDebug", "./gradlew lint"},
		"tf": {"terraform fmt -check", "terraform validate", "terraform plan -out plan.bin"},
		"md": {"npx markdownlint .", "wc -w %s"},
		"":   {"git status", "git diff", "git diff --stat", "git log --oneline -10", "git add -A", "git commit -m 'Fix the cart'", "ls -la", "cat %s", "head -50 %s", "wc -l %s", "rg -n TODO", "find . -name '*.md'", "make test", "make lint", "docker ps", "pwd", "sed -n 1,80p %s", "jq . package.json", "tree -L 2"},
	}
	hosts        = []string{"docs.example.com", "go.example.org", "api.example.com", "python.example.org", "issues.example.net", "cloud.example.com", "wiki.example.org"}
	outsideFiles = []string{"/etc/hosts", "/home/dev/.bash_aliases", "/home/dev/notes/todo.md", "/home/dev/src/shared/config.yaml", "/tmp/scratch.txt", "/home/dev/src/other/README.md"}
	outsideDirs  = []string{"/home/dev/src/shared", "/home/dev/notes", "/usr/share/doc", "/home/dev/src/other"}
	agents       = []string{"general-purpose", "Explore", "code-reviewer", "security-engineer", "test-runner"}
	agentWeights = []float64{5, 4, 2, 1, 2}
	models       = []string{"claude-sonnet-4-6", "claude-opus-4-8", "claude-haiku-4-5"}
	modelWeights = []float64{6, 3, 1}
	words        = strings.Fields(`cart order voucher price user session token cache index query parser report invoice payment
	shipping stock label search filter route handler client server worker queue retry timeout config loader store model view
	form table chart export import backup log metric trace alert rule policy role group event state total sum test mock`)
)

func word(r *rand.Rand) string { return pick(r, words) }

// phrase is some words.
func phrase(r *rand.Rand, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = word(r)
	}
	return strings.Join(list, " ")
}
