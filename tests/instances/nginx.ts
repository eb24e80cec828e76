import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const NGINX = process.env['NGINX_PATH'] ?? '/usr/sbin/nginx';

export const hasNginx = (): Promise<boolean> =>
  access(NGINX).then(
    () => true,
    () => false,
  );

/** The beginning of every nginx configuration: one worker, and every file in its own folder. */
const inFolder = (folder: string, http: string) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${http}
}
`;

/**
 * As docs/deploy-to-fly.md asks of any proxy in front: no buffering either way, upgrades pass, long streams stay, and a
 * request that may have reached an instance is not sent to another one.
 */
const inFrontOf = (instances: readonly number[], port: number) => `
  client_max_body_size 8m;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream catwalk {
    ${instances.map((instance) => `server 127.0.0.1:${instance} max_fails=1 fail_timeout=1s;`).join('\n    ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://catwalk;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_connect_timeout 2s;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
    }
  }
`;

export type Nginx = {
  process: ChildProcess;
  /** The log lines so far about instances that did not answer. */
  errors(): Promise<string>;
  stop(): Promise<void>;
};

/** nginx as a process of its own, in front of several instances, in turn. */
export const startNginx = (folder: string, port: number, instances: readonly number[]): Promise<Nginx> =>
  runNginx(folder, inFrontOf(instances, port), `http://127.0.0.1:${port}/api/health`);

/** nginx with a configuration of its `http` block; resolves once something answers at the address. */
export async function runNginx(folder: string, http: string, address: string): Promise<Nginx> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, inFolder(folder, http));
  const nginx = spawn(NGINX, ['-p', folder, '-c', file, '-e', path.join(folder, 'error.log')], { stdio: 'inherit' });
  const exited = once(nginx, 'exit');
  await Promise.race([answers(address), exited.then(() => Promise.reject(new Error('nginx ended at once.')))]);
  return {
    process: nginx,
    errors: () => readFile(path.join(folder, 'error.log'), 'utf8'),
    stop: async () => {
      nginx.kill('SIGQUIT'); // lets requests end; what is then still open is cut
      const cut = setTimeout(() => nginx.kill('SIGTERM'), 1_000);
      await exited;
      clearTimeout(cut);
    },
  };
}

async function answers(address: string): Promise<void> {
  for (;;) {
    const there = await fetch(address).then(
      () => true,
      () => false,
    );
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
