package secretscan

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// ordinary are commands as agents run them, with nothing secret in them, though
// some look like it.
var ordinary = []string{
	`git status --short`, `git log --oneline -20`, `git commit -m "Rotate the api key: use the new token endpoint"`,
	`git checkout 4f9c1a7e2b3d4c5f6a7b8c9d0e1f2a3b4c5d6e7f`, `git rev-parse --verify HEAD^{tree}`, `git diff main...feature/JIRA-1234-token-refresh -- src/auth/token.go`,
	`go test ./... -run 'TestToken|TestPassword' -count=1`, `go get github.com/golang-jwt/jwt/v5@v5.2.1`, `GOFLAGS=-mod=mod go build -ldflags "-X main.version=1.2.3" ./cmd/api`,
	`npm install --save-dev @types/jsonwebtoken@9.0.6`, `npm ci --ignore-scripts && npm run build:prod`, `yarn workspace @acme/api-client add axios@1.7.2`,
	`kubectl get secret app-credentials -n production -o yaml`, `kubectl create secret generic db --from-file=password=./password.txt`, `kubectl logs deploy/auth-service-7d9f8b6c5d-x2v4k --tail=200`,
	`docker build -t registry.example.com/team/api:2024-06-01-4f9c1a7 .`, `docker exec -it api_1 sh -c 'env | grep -c TOKEN'`, `docker run --rm -e API_KEY -e DB_PASSWORD api:latest`,
	`export PATH="$HOME/.local/bin:$PATH"; export TOKEN="$(gh auth token)"`, `curl -fsSL https://get.example.com/install.sh -o install.sh`, `curl -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/users`,
	`grep -rn "api_key\|secret_key\|password" --include=*.py src/`, `rg -n 'access_token\s*=' src | head -50`, `sed -n '1,120p' internal/auth/token.go`,
	`sed -i 's/old_token_name/new_token_name/g' config/settings.yaml`, `find . -name "*.key" -not -path "./node_modules/*"`, `awk -F: '{print $1}' /etc/passwd | sort`,
	`openssl req -x509 -newkey rsa:2048 -keyout key.pem -out cert.pem -days 365 -nodes`, `openssl rand -hex 32 > .secret`, `ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519 -C deploy@example.com`,
	`ssh -i ~/.ssh/deploy_key app@10.0.12.7 'systemctl restart api'`, `aws s3 cp s3://bucket/keys/2024-06-01/report.csv .`, `aws sts get-caller-identity --profile production`,
	`gcloud auth list --filter=status:ACTIVE`, `terraform plan -var-file=prod.tfvars -out=plan.tfplan`, `vault kv get -field=password secret/data/app`,
	`psql -h localhost -U app -d app_test -c "select count(*) from api_keys where revoked_at is null"`, `mysql --defaults-file=~/.my.cnf -e 'show processlist'`, `redis-cli -h cache ping`,
	`python3 -m pytest tests/test_auth.py::TestLogin::test_password_reset -x -q`, `python -c "import secrets; print(secrets.token_hex(16))"`, `pip install "pydantic>=2.7,<3" requests==2.32.3`,
	`cat package.json | jq '.dependencies | keys'`, `jq -r '.access_token' response.json`, `ls -la ~/.ssh ~/.aws`, `cargo test --features token_auth -- --nocapture`,
	`cat > config.yaml <<'EOF'` + "\nauth:\n  token_url: https://auth.example.com/oauth/token\n  key_file: /etc/app/key.pem\n  password_min_length: 12\nEOF",
	`sha256sum dist/app-1.4.2-linux-amd64.tar.gz`, `echo 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  app.bin | sha256sum -c -`,
	`claude --session-id 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --resume`, `uuidgen | tr -d - > run-id`, `gh pr create --title "Add token bucket limiter" --body "Limits tokens: 1000 per minute"`,
	`gh api repos/acme/app/actions/runs/9182736450/jobs --jq '.jobs[].name'`, `MAX_TOKENS=4096 TEMPERATURE=0.2 python run.py --model claude-opus-4-20250514`,
	`ffmpeg -i in.mp4 -c:v libx264 -crf 23 out.mp4`, `tar -xzf archive-20240601T120000Z.tar.gz -C /tmp/work`, `make -j8 test 2>&1 | tail -50`,
	`echo aGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXN0Cg== | base64 -d`, `node -e "console.log(process.env.API_KEY ? 'set' : 'missing')"`,
	`wget -q https://example.com/releases/download/v1.2.3/tool_1.2.3_linux_amd64.deb`, `chmod 600 ~/.ssh/authorized_keys`, `passwd --status deploy`, `pass show work/vpn | head -1`,
}

// TestOrdinaryCommandsStay holds that a reader sees what was run.
func TestOrdinaryCommandsStay(t *testing.T) {
	for _, command := range ordinary {
		report := &tally{}
		require.Equal(t, command, loaded.Clean(context.Background(), command, Text, report), "%v", report.rules)
	}
}

// TestRecordedCommandsStay counts the commands of a labelled set that are changed,
// where the set is there.
func TestRecordedCommandsStay(t *testing.T) {
	f, err := os.Open("../../../shared/testdata/detection/commands-dev.jsonl")
	if err != nil {
		t.Skip("no labelled commands here")
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	total, changed := 0, 0
	for lines.Scan() {
		var c struct{ Command, Label, Source string }
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		total++
		report := &tally{}
		if clean := loaded.Clean(context.Background(), c.Command, Text, report); clean != c.Command {
			changed++
			if testing.Verbose() {
				fmt.Printf("%s %v\n  %.300s\n", c.Label, report.rules, clean)
			}
		}
	}
	require.NoError(t, lines.Err())
	fmt.Fprintf(os.Stdout, "RESULT recorded_commands=%d changed=%d\n", total, changed)
	require.Less(t, changed*100, total*2, "at most 2 % of commands")
}
