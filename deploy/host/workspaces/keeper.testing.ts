/** A server for tests: keeps what it is given in a file beside its own code, in HOME, in TMPDIR and in its working directory. */
export const KEEPER = `#!/usr/bin/env node
const fs = require('node:fs');
const { join } = require('node:path');
const places = [__dirname, process.env.HOME, process.env.TMPDIR, process.cwd()].map((place) => join(place, 'kept.txt'));
const read = (file) => { try { return fs.readFileSync(file, 'utf8'); } catch { return null; } };
const answer = ({ method, params }) => {
  if (method === 'initialize')
    return { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: 'keeper', version: '1' } };
  if (method !== 'tools/call') return {};
  const { keep } = params.arguments;
  if (keep !== undefined) for (const place of places) fs.writeFileSync(place, keep);
  return { content: [{ type: 'text', text: JSON.stringify({ kept: places.map(read), folder: __dirname, pid: process.pid }) }] };
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: answer(message) }));
});
`;

/** The same in Python. */
export const PYTHON_KEEPER = `import json, os, sys
places = [os.path.join(place, 'kept.txt') for place in (os.path.dirname(os.path.abspath(__file__)), os.environ['HOME'], os.environ['TMPDIR'], os.getcwd())]
def read(place):
    try:
        with open(place) as file: return file.read()
    except FileNotFoundError: return None
def answer(m):
    if m['method'] == 'initialize': return {'protocolVersion': m['params']['protocolVersion'], 'capabilities': {}, 'serverInfo': {'name': 'keeper', 'version': '1'}}
    if m['method'] != 'tools/call': return {}
    keep = m['params']['arguments'].get('keep')
    for place in places if keep is not None else []:
        with open(place, 'w') as file: file.write(keep)
    return {'content': [{'type': 'text', 'text': json.dumps({'kept': [read(place) for place in places], 'folder': os.path.dirname(os.path.abspath(__file__)), 'prefix': sys.prefix, 'cached': __cached__, 'pid': os.getpid()})}]}
def main():
    for line in sys.stdin:
        m = json.loads(line)
        if 'id' in m: print(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'result': answer(m)}), flush=True)
`;

/** The answer of its tool: the contents of the four files, the folder of its code, its process. */
export type Kept = { kept: (string | null)[]; folder: string; pid: number };
export const NOTHING = [null, null, null, null];
export const everywhere = (text: string) => [text, text, text, text];
