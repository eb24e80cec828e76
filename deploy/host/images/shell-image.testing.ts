import { readFileSync, realpathSync } from 'node:fs';
import { ownTool } from '../box/own-tools.ts';
import { makeLayer, type Packed } from './layer.testing.ts';

/**
 * An MCP server in a few lines of a shell. Its only tool reports its arguments, its user, its folder, three variables, and
 * what it can write.
 */
const SERVER = `#!/bin/sh
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$1" "$2"; }
can() { if (: > "$1/written") 2>/dev/null; then echo yes; else echo no; fi; }
while IFS= read -r line; do
  id=\${line##*'"id":'}
  id=\${id%%[,\\}]*}
  case $line in
    *'"initialize"'*) answer "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1.0.0"}}' ;;
    *'"tools/list"'*) answer "$id" '{"tools":[{"name":"look","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*)
      while IFS= read -r row; do case $row in Uid:*) set -- $row; uid=$2 ;; esac; done < /proc/self/status
      text="args=$ARGS uid=$uid folder=$PWD mode=$MODE key=$KEY home=$HOME app=$(can /app) own=$(can "$HOME") volume=$(can /app/data) tmp=$(can /tmp)"
      for path in /etc/shadow /work /root/.ssh; do [ -e "$path" ] && text="$text sees=$path"; done
      answer "$id" "{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"$text\\"}]}" ;;
    *'"ping"'*) answer "$id" '{}' ;;
    *'"id":'*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\\n' "$id" ;;
  esac
done
`;
const START = `#!/bin/sh\nARGS="$*"\nexport ARGS\n. /app/server.sh\n`;

/** A shell of this computer with its libraries, as the files of an image: the smallest base system. */
const shellFiles = (): Packed[] => {
  const { files } = ownTool(realpathSync('/bin/sh'), '');
  return files.map(({ outside, inside }) => ({
    name: inside.slice(1).replace(/^bin\/.*/, 'bin/sh'),
    data: readFileSync(outside),
    mode: 0o755,
  }));
};

/** The loader stands where every program of this computer expects it. */
const loaderLinks: Packed[] = [
  { name: 'lib64', type: '2', target: 'lib' },
  { name: 'usr/', type: '5', mode: 0o755 },
  { name: 'usr/lib', type: '2', target: '../lib' },
];

/** The layers of an image with a server for stdio: the base, a layer with mistakes, and one that mends them. */
export const shellLayers = (): Buffer[] => [
  makeLayer([...shellFiles(), ...loaderLinks, { name: 'etc/passwd', data: 'root:x:0:0:root:/root:/bin/sh\n' }]),
  makeLayer([
    { name: 'app/server.sh', data: 'exit 1\n', mode: 0o600 },
    { name: 'app/old.sh', data: 'exit 1\n' },
    { name: 'app/data/seed', data: 'from the image' },
  ]),
  makeLayer(
    [
      { name: 'app/server.sh', data: SERVER, mode: 0o600 },
      { name: 'app/start', data: START, mode: 0o700 },
      { name: 'app/.wh.old.sh' },
    ],
    'zstd',
  ),
];

export const SHELL_CONFIG = {
  Entrypoint: ['/app/start'],
  Cmd: ['stdio'],
  Env: ['PATH=/bin', 'MODE=slow', 'KEY=', 'SHELL_VERSION=1', 'LD_LIBRARY_PATH=/lib'],
  WorkingDir: '/app',
  Volumes: { '/app/data': {} },
  Labels: { 'org.opencontainers.image.title': 'Shell', 'org.opencontainers.image.description': 'Looks around.' },
};
