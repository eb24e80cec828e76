import { readFileSync, realpathSync } from 'node:fs';
import { ownTool } from '../box/own-tools.ts';
import { makeLayer, type Packed } from './layer.testing.ts';

/** An MCP server of Streamable HTTP, without a package. Its only tool reports how it was started. */
const SERVER = `
import { createServer } from 'node:http';

const look = () => {
  const { PORT, HOST, MODE, KEY, NODE_OPTIONS } = process.env;
  const status = { port: Number(PORT) !== 8080 ? 'given' : 'its own', host: HOST, mode: MODE, key: KEY, options: NODE_OPTIONS };
  return { ...status, uid: process.getuid(), folder: process.cwd(), args: process.argv.slice(2) };
};
const results = {
  initialize: () => ({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'http', version: '1.0.0' } }),
  'tools/list': () => ({ tools: [{ name: 'look', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: JSON.stringify(look()) }] }),
  ping: () => ({}),
};

createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/mcp') return response.writeHead(405).end();
  let body = '';
  for await (const chunk of request) body += chunk;
  const { id, method } = JSON.parse(body);
  if (id === undefined) return response.writeHead(202).end();
  const result = results[method]?.();
  const answer = result === undefined ? { error: { code: -32601, message: 'unknown' } } : { result };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}).listen(Number(process.env.PORT), process.env.HOST);
`;

const programFiles = (path: string, name: string): Packed[] =>
  ownTool(path, '').files.map(({ outside, inside }) => ({
    name: inside.slice(1).replace(/^bin\/.*/, `bin/${name}`),
    data: readFileSync(outside),
    mode: 0o755,
  }));

/** The layer of an image whose server serves HTTP with a Node of its own. */
export const httpLayers = (): Buffer[] => [
  makeLayer(
    [
      ...programFiles(realpathSync('/bin/sh'), 'sh'),
      ...programFiles(process.execPath, 'node'),
      { name: 'lib64', type: '2', target: 'lib' },
      { name: 'usr/', type: '5', mode: 0o755 },
      { name: 'usr/lib', type: '2', target: '../lib' },
      { name: 'app/server.mjs', data: SERVER },
    ],
    'none',
  ),
];

export const HTTP_CONFIG = {
  Entrypoint: ['node', '/app/server.mjs'],
  Cmd: ['serve'],
  Env: ['PATH=/bin', 'MODE=slow', 'PORT=8080', 'HOST=0.0.0.0', 'NODE_OPTIONS=--no-warnings'],
  WorkingDir: '/app',
  ExposedPorts: { '8080/tcp': {} },
};
