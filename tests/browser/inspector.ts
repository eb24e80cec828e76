import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '#prisma/test-postgres.testing.ts';

const LAUNCHER = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
const ADDRESS = /http:\/\/\S+MCP_INSPECTOR_API_TOKEN=\S+/;

/** Starts the inspector's web page for one endpoint. Its files lie in a temporary folder. */
export async function startInspector(endpointUrl: string, token: string | null) {
  const home = await mkdtemp(path.join(tmpdir(), 'catwalk-inspector-'));
  const header = token === null ? [] : ['--header', `Authorization: Bearer ${token}`];
  const args = [LAUNCHER, '--web', '--transport', 'http', '--server-url', endpointUrl, ...header];
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      MCP_STORAGE_DIR: home,
      MCP_AUTO_OPEN_ENABLED: 'false',
      MCP_INSPECTOR_SECRET_STORE: 'memory',
      CLIENT_PORT: String(await freePort()),
      MCP_SANDBOX_PORT: String(await freePort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const close = async () => {
    child.kill();
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = ADDRESS.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, close };
  }
  await close();
  throw new Error('The inspector ended before it listened.');
}
