#!/usr/bin/env bash
# run.sh [LOKI]: starts the stack, sends a test event and says what to do next.
# LOKI is the make target of Loki when one is needed; it is made while the
# collector already records.
set -euo pipefail

loki=${1:-}
at=bin/agent-telemetry

# Exit code 4: the collector records, Loki is missing or not ready yet.
up() { "$at" up "$@" || [ $? -eq 4 ]; }

if [ -n "$loki" ]; then
	[ -x "$loki" ] || up --no-loki
	"${MAKE:-make}" --no-print-directory "$loki"
fi
up

echo
"$at" send-test

if [ -n "${PROJECT:-}" ]; then
	echo
	"$at" install --project "$PROJECT"
fi

cat <<NEXT

Next:
  bin/agent-telemetry install --project DIR   watch what Claude Code does in DIR
  bin/agent-telemetry events                  see it
  bin/agent-telemetry status                  see whether everything runs
  bin/agent-telemetry down                    stop; nothing is deleted
In Grafana, add a Loki data source with the URL ${AGENT_TELEMETRY_LOKI_URL:-http://127.0.0.1:${AGENT_TELEMETRY_LOKI_PORT:-3100}}
NEXT
