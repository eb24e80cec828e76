/**
 * Runs in a machine of `npm run fly:first-hour`, by `node -e` and without any dependency: shows the headers that arrive,
 * streams, and answers late. On Fly it listens on port 8080; a local Machines API reads the port from the control pipe
 * (`--control`).
 */
export const PROBE_PROGRAM = String.raw`
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';

const isLocal = process.argv.includes('--control');
const EVENT_EVERY_MS = 250;

const json = (response, value) => {
  response.writeHead(200, { 'content-type': 'application/json', 'catwalk-host': '1' });
  response.end(JSON.stringify(value));
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://probe');
  if (url.pathname === '/headers') return json(response, request.headers);
  if (url.pathname === '/late') {
    setTimeout(() => json(response, { late: true }), Number(url.searchParams.get('ms')));
    return;
  }
  if (url.pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const timer = setInterval(() => response.write('data: ' + Date.now() + '\n\n'), EVENT_EVERY_MS);
    response.on('close', () => clearInterval(timer));
    return;
  }
  return json(response, { phase: 'READY' });
});
server.requestTimeout = 0;
server.listen(isLocal ? 0 : 8080, isLocal ? '127.0.0.1' : '::', () => {
  if (isLocal) writeSync(3, JSON.stringify({ kind: 'listening', port: server.address().port }) + '\n');
});
process.on('SIGTERM', () => process.exit(0));
`;
