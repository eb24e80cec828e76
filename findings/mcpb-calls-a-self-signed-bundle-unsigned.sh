#!/usr/bin/env bash
# @anthropic-ai/mcpb 2.1.2, seen on 2026-11-29.
#
# Expected: after `mcpb sign --self-signed`, `mcpb verify` and `mcpb info` report a signature that is not trusted.
# Seen:     both report that there is no signature: "Extension is not signed" (exit code 1) and "WARNING: Not signed",
#           although `mcpb sign` reported success and the signature stands at the end of the file. A self-signed bundle
#           and one that was never signed cannot be told apart with the tool.
# Output:   signed:   ERROR: Extension is not signed
#           unsigned: ERROR: Extension is not signed
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @anthropic-ai/mcpb@2.1.2 >/dev/null

mkdir bundle
echo 'console.log("ready");' > bundle/index.js
cat > bundle/manifest.json <<'JSON'
{
  "manifest_version": "0.3", "name": "probe", "version": "1.0.0", "description": "A probe", "author": { "name": "A" },
  "server": { "type": "node", "entry_point": "index.js",
    "mcp_config": { "command": "node", "args": ["${__dirname}/index.js"] } }
}
JSON
npx mcpb pack bundle unsigned.mcpb >/dev/null
cp unsigned.mcpb signed.mcpb
npx mcpb sign --self-signed signed.mcpb | grep -q 'Successfully signed'
[ "$(tail -c 12 signed.mcpb)" = MCPB_SIG_END ]

verdict() { timeout 60 npx mcpb verify "$1" 2>&1 | grep -o 'ERROR: .*' || true; }
signed="$(verdict signed.mcpb)"
unsigned="$(verdict unsigned.mcpb)"
echo "signed:   $signed"
echo "unsigned: $unsigned"
if [ "$signed" = 'ERROR: Extension is not signed' ] && [ "$unsigned" = "$signed" ] &&
  timeout 60 npx mcpb info signed.mcpb 2>&1 | grep -q 'Not signed'; then
  echo unchanged
else
  echo CHANGED
  exit 1
fi
