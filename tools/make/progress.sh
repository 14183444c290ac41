#!/usr/bin/env bash
# progress.sh NAME COMMAND…: runs COMMAND and shows that it is alive: seconds,
# and what `go build -v` has done. On a terminal one line that changes, else a
# line every 15 seconds. The command's own output is shown when it fails.
set -uo pipefail

name=$1
shift
log=$(mktemp "${TMPDIR:-/tmp}/progress.XXXXXX") || exit 1
job=
stop() {
	trap - INT TERM
	[ -n "$job" ] && kill "$job" 2>/dev/null && wait "$job"
	rm -f "$log"
	exit 130
}
trap stop INT TERM
trap 'rm -f "$log"' EXIT

tty=
[ -t 2 ] && [ "${TERM:-dumb}" != dumb ] && tty=1

# grep -c prints 0 and fails when nothing matches.
count() { grep -cE "$1" "$log" || true; }

state() {
	local compiled downloaded text="${SECONDS}s"
	downloaded=$(count '^go: downloading ')
	# A package path has no blanks; compiler messages do.
	compiled=$(count '^[^[:space:]#:]+$')
	[ "$downloaded" -gt 0 ] && text="$text, $downloaded modules downloaded"
	[ "$compiled" -gt 0 ] && text="$text, $compiled packages compiled"
	printf '%s' "$text"
}

"$@" >"$log" 2>&1 </dev/null &
job=$!
next=15
while kill -0 "$job" 2>/dev/null; do
	sleep 0.2
	if [ -n "$tty" ]; then
		printf '\r\033[K%s: %s' "$name" "$(state)" >&2
	elif [ "$SECONDS" -ge "$next" ]; then
		printf '%s: %s\n' "$name" "$(state)" >&2
		next=$((SECONDS + 15))
	fi
done
wait "$job"
status=$?
[ -n "$tty" ] && printf '\r\033[K' >&2
if [ "$status" -ne 0 ]; then
	grep -vE '^go: downloading |^[^[:space:]#:]+$' "$log" | tail -n 200 >&2
	printf '%s: failed after %ss\n' "$name" "$SECONDS" >&2
	exit "$status"
fi
printf '%s: done (%s)\n' "$name" "$(state)" >&2
