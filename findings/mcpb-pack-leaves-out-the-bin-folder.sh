#!/usr/bin/env bash
# @anthropic-ai/mcpb 2.1.2 with npm's own layout and which 5.0.0, seen on 2026-11-29.
#
# Expected: a bundle holds the node_modules folder that was installed for it.
# Seen:     `mcpb pack` leaves out node_modules/.bin without a word about it, and turns every other symbolic link into a
#           copy of its target. A server that starts a command of one of its dependencies by name, or a manifest whose
#           `command` is ${__dirname}/node_modules/.bin/NAME, works from the folder and not from the bundle; the
#           validator accepts that manifest.
# Output:   before: node-which
#           after:  no .bin folder; link.js is a regular file
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @anthropic-ai/mcpb@2.1.2 >/dev/null

mkdir bundle
(cd bundle && npm init -y >/dev/null && npm install --no-audit --no-fund --ignore-scripts --loglevel=error which@5.0.0 >/dev/null)
echo 'console.log("ready");' > bundle/index.js
ln -s index.js bundle/link.js
cat > bundle/manifest.json <<'JSON'
{
  "manifest_version": "0.3", "name": "probe", "version": "1.0.0", "description": "A probe", "author": { "name": "A" },
  "server": { "type": "node", "entry_point": "index.js",
    "mcp_config": { "command": "${__dirname}/node_modules/.bin/node-which", "args": ["node"] } }
}
JSON
echo "before: $(ls bundle/node_modules/.bin)"
npx mcpb validate bundle/manifest.json | grep -q 'passes'
npx mcpb pack bundle bundle.mcpb >/dev/null
npx mcpb unpack bundle.mcpb unpacked >/dev/null

if [ "$(ls bundle/node_modules/.bin)" = node-which ] && [ -d unpacked/node_modules/which ] &&
  [ ! -e unpacked/node_modules/.bin ] && [ -f unpacked/link.js ] && [ ! -L unpacked/link.js ]; then
  echo 'after:  no .bin folder; link.js is a regular file'
  echo unchanged
else
  ls -la unpacked unpacked/node_modules
  echo CHANGED
  exit 1
fi
