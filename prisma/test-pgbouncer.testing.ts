import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './test-postgres.testing.ts';

const PGBOUNCER = process.env['PGBOUNCER_PATH'] ?? '/usr/sbin/pgbouncer';
/** It refuses to run as root. */
const NOBODY = 65_534;

export const hasPgbouncer = (): Promise<boolean> =>
  access(PGBOUNCER).then(
    () => true,
    () => false,
  );

const configuration = (server: URL, port: number, folder: string) => `
[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${folder}/users.txt
logfile = ${folder}/pgbouncer.log
pool_mode = transaction
default_pool_size = 4
`;

/** PgBouncer as production runs it: many clients on few connections, one transaction at a time. `url` is of the server. */
export async function startPgbouncer(url: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = new URL(url);
  const folder = await mkdtemp(path.join(tmpdir(), 'cw-pgbouncer-'));
  const port = await freePort();
  const asRoot = process.getuid?.() === 0;
  const config = path.join(folder, 'pgbouncer.ini');
  await writeFile(config, configuration(server, port, folder));
  await writeFile(path.join(folder, 'users.txt'), `"${server.username}" "${server.password}"\n`);
  if (asRoot) {
    await chown(folder, NOBODY, NOBODY);
    await chmod(folder, 0o755);
  }
  const { uid, gid } = await stat(folder);
  const child = spawn(PGBOUNCER, ['--quiet', config], { stdio: 'inherit', ...(asRoot ? { uid, gid } : {}) });
  const exited = once(child, 'exit');
  await Promise.race([answers(port), exited.then(() => Promise.reject(new Error('PgBouncer ended at once.')))]);
  server.port = String(port);
  return {
    url: server.href,
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const there = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
