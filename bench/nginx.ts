import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { type Contestant, keep } from './endpoint-contest.ts';

/** nginx with one worker and kept connections to the upstream, in `folder`. */
export async function startNginx(folder: string, upstreamOrigin: string): Promise<Contestant> {
  const port = await freePort();
  const configuration = `
    worker_processes 1; daemon off; master_process on; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 4096; }
    http {
      access_log off;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      keepalive_requests 1000000;
      upstream host { server ${new URL(upstreamOrigin).host}; keepalive 64; keepalive_requests 1000000; }
      server {
        listen 127.0.0.1:${port};
        location /api/mcp/ { proxy_pass http://host/mcp; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
      }
    }`;
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration);
  const { pid = 0 } = keep(spawn('nginx', ['-c', file, '-p', folder], { stdio: 'inherit' }));
  const ready = { origin: `http://127.0.0.1:${port}`, path: '/api/mcp/x', token: '' };
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(ready.origin + ready.path, { method: 'POST', body: '{}' }).catch(() => null);
    if (answer?.ok) return { ...ready, pids: await workersOf(pid) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx did not start.');
}

async function workersOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}
