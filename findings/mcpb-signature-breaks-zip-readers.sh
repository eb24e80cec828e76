#!/usr/bin/env bash
# @anthropic-ai/mcpb 2.1.2 with yauzl 3.4.0, unzipper 0.12.5, fflate 0.8.3 and jszip 3.10.2, seen on 2026-11-29.
#
# Expected: a signed .mcpb bundle is a ZIP file that any ZIP library opens, as its documentation says of the format.
# Seen:     `mcpb sign` appends the signature after the end-of-central-directory record and leaves that record's comment
#           length at 0. fflate and jszip open the signed bundle; yauzl and unzipper refuse it. All four open the
#           unsigned one.
# Output:   unsigned {"fflate":true,"jszip":true,"yauzl":true,"unzipper":true}
#           signed   {"fflate":true,"jszip":true,"yauzl":false,"unzipper":false}
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @anthropic-ai/mcpb@2.1.2 yauzl@3.4.0 unzipper@0.12.5 fflate@0.8.3 jszip@3.10.2 >/dev/null

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
npx mcpb sign --self-signed signed.mcpb >/dev/null

cat > probe.mjs <<'JS'
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import jszip from 'jszip';
import unzipper from 'unzipper';
import yauzl from 'yauzl';

const readers = {
  fflate: async (bytes) => unzipSync(bytes),
  jszip: (bytes) => jszip.loadAsync(bytes),
  yauzl: (bytes) => new Promise((opened, refused) => yauzl.fromBuffer(bytes, {}, (e, zip) => (e ? refused(e) : opened(zip)))),
  unzipper: (bytes) => unzipper.Open.buffer(bytes),
};
const opens = async (file) => {
  const bytes = await readFile(file);
  const seen = {};
  for (const [name, read] of Object.entries(readers)) seen[name] = await read(bytes).then(() => true, () => false);
  return JSON.stringify(seen);
};
const [unsigned, signed] = [await opens('unsigned.mcpb'), await opens('signed.mcpb')];
console.log('unsigned', unsigned);
console.log('signed  ', signed);
const unchanged =
  unsigned === '{"fflate":true,"jszip":true,"yauzl":true,"unzipper":true}' &&
  signed === '{"fflate":true,"jszip":true,"yauzl":false,"unzipper":false}';
console.log(unchanged ? 'unchanged' : 'CHANGED');
process.exit(unchanged ? 0 : 1);
JS
timeout 60 node probe.mjs
