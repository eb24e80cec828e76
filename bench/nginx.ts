import { readFile } from 'node:fs/promises';
import { freePort } from '#prisma/test-postgres.testing.ts';
import { runNginx } from '../tests/instances/nginx.ts';
import { type Contestant, keep } from './endpoint-contest.ts';

/** nginx with one worker and kept connections to the upstream, in `folder`. */
export async function startNginx(folder: string, upstreamOrigin: string): Promise<Contestant> {
  const port = await freePort();
  const http = `
    keepalive_requests 1000000;
    upstream host { server ${new URL(upstreamOrigin).host}; keepalive 64; keepalive_requests 1000000; }
    server {
      listen 127.0.0.1:${port};
      location /api/mcp/ { proxy_pass http://host/mcp; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
    }`;
  const origin = `http://127.0.0.1:${port}`;
  const { pid = 0 } = keep((await runNginx(folder, http, origin)).process);
  return { origin, path: '/api/mcp/x', token: '', pids: await workersOf(pid) };
}

async function workersOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
