package shellcommand

import "testing"

func TestFindNames(t *testing.T) {
	runs(t, [][2]string{
		{`find . -name .npmrc -exec cp /tmp/x {} \;`, "cp /tmp/x ./…/.npmrc"},
		{`find /a /srv -path '*/conf.d/*.ini' -execdir chmod 600 {} +`, "chmod 600 /a/…/conf.d/*.ini /srv/…/conf.d/*.ini"},
		{`find . -iname '*.key' | xargs -n1 shred`, "shred ./…/*.key"},
		{`find . -name a.c -print0 | xargs -0 -I% mv % /x`, "mv ./…/a.c /x"},
		{`rm $(find /opt -name core)`, "rm /opt/…/core"},
		{`find . -name a -o -name b -exec cat {} +`, "cat ./…"},
		{`find . ! -name a -exec cat {} +`, "cat ./…"},
		{`find . -name '*' -exec cat {} +`, "cat ./…"},
		{`find . -name "$N" -exec cat {} +`, "cat ./…"},
	})
}
