#!/usr/bin/env bash
# What a hook looks like when it is put together from the tools at hand: jq takes
# the payload apart and makes the record, curl pushes it to Loki. It is here to
# be measured against; nothing uses it.
set -u

payload=$(cat)
field() { jq -r "$1 // empty" <<<"$payload"; }

event=$(field .hook_event_name)
session=$(field .session_id)
cwd=$(field .cwd)
tool=$(field .tool_name)
call=$(field .tool_use_id)
file=$(field .tool_input.file_path)
command=$(field .tool_input.command)

project=${CLAUDE_PROJECT_DIR:-$cwd}
[ -e "$project/.telemetry-enabled" ] || exit 0

outside=false
hash=
size=0
if [ -n "$file" ]; then
  case $(realpath -m -- "$file") in
  "$project"/*) ;;
  *) outside=true ;;
  esac
  if [ -f "$file" ]; then
    hash=$(sha256sum -- "$file" | cut -d' ' -f1)
    size=$(stat -c %s -- "$file")
  fi
fi

case $tool in
Read) type=file_read ;;
Write) type=file_write ;;
Edit | MultiEdit) type=file_edit ;;
Bash) type=command_execution ;;
*) type=tool_use ;;
esac

line=$(jq -cn \
  --arg timestamp "$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)" --arg event "$event" --arg type "$type" --arg session "$session" \
  --arg project "$project" --arg tool "$tool" --arg call "$call" --arg file "$file" --arg command "$command" --arg hash "$hash" \
  --argjson size "$size" --argjson outside "$outside" \
  '{timestamp: $timestamp, hook_event: $event, event_type: $type, session_id: $session, project_path: $project, tool_name: $tool,
    tool_use_id: $call, action_details: {file_path: $file, command: $command, size_bytes: $size, outside_project_scope: $outside},
    file_changes: {file_hash: $hash}}')

jq -cn --arg line "$line" --arg now "$(date +%s%N)" --arg type "$type" --arg tool "$tool" --arg project "$(basename "$project")" \
  '{streams: [{stream: {service: "typical-hook", project: $project, event: $type, tool: $tool}, values: [[$now, $line]]}]}' |
  curl -sS -o /dev/null --max-time 2 -H 'Content-Type: application/json' --data-binary @- "$LOKI_URL/loki/api/v1/push"
exit 0
