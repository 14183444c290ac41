#!/usr/bin/env bash
# build.sh FILE: makes FILE a Grafana Loki: a link to the `loki` on the PATH
# when that is one, else a build of the version in go.mod, from the Go module
# proxy. Does nothing when FILE is what go.mod asks for.
set -euo pipefail

out=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
go=${GO:-go}
case $out in /*) ;; *) out=$root/$out ;; esac
stamp=$(dirname "$out")/.$(basename "$out").version

version=$(awk '$1 == "github.com/grafana/loki/v3" { print $2; exit }' "$here/go.mod")
[ -n "$version" ] || { echo "no version of Loki in $here/go.mod" >&2; exit 1; }
wanted="$version $(git hash-object --no-filters "$here/go.mod")"

# Other programs are called loki, too: Debian has one.
is_loki() { "$1" -version </dev/null 2>&1 | grep -q '^loki, version '; }

mkdir -p "$(dirname "$out")"
if [ -x "$out" ] && [ ! -L "$out" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
	exit 0
fi
found=$(command -v loki || true)
if [ -n "$found" ] && is_loki "$found"; then
	ln -sf "$found" "$out"
	echo "$(basename "$out"): $found is used" >&2
	exit 0
fi

echo "Building Grafana Loki $version: this takes some minutes, once." >&2
partial=$out.partial
trap 'rm -f "$partial"' EXIT
CGO_ENABLED=0 "$root/tools/make/progress.sh" loki \
	"$go" build -C "$here" -v -trimpath \
	-ldflags "-s -w -X github.com/grafana/loki/v3/pkg/util/build.Version=${version#v}" \
	-o "$partial" github.com/grafana/loki/v3/cmd/loki
is_loki "$partial" || { echo "$partial does not run" >&2; exit 1; }
rm -f "$out"
mv "$partial" "$out"
printf '%s\n' "$wanted" >"$stamp"
