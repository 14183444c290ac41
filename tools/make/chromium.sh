#!/usr/bin/env bash
# Finds a browser for test/browser, or installs Debian's where this may be done: as
# root, with apt-get. Without one those tests are skipped, so this never fails.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome chrome; do
	if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "No Chromium is here: reports are not looked at in a browser. To do so: apt-get install chromium" >&2
	exit 0
fi
echo "Installing Debian's chromium, in which test/browser looks at reports" >&2
log=$(mktemp)
install=(apt-get install -y --no-install-recommends chromium)
if DEBIAN_FRONTEND=noninteractive timeout 600 "${install[@]}" >"$log" 2>&1 ||
	{ timeout 300 apt-get update >>"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive timeout 600 "${install[@]}" >>"$log" 2>&1; }; then
	rm -f "$log"
else
	tail -3 "$log" >&2
	echo "That did not work ($log): reports are not looked at in a browser." >&2
fi
