import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const INSPECTOR = path.resolve(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/inspector/clients/mcpdo/build/mcp-bin.js',
);
const COMMAND_MS_MAX = 60_000;

/** The inspector with a connection that its daemon holds, with the time at which the daemon made it. */
export async function openInspector(
  { url, token }: { url: string; token: string },
  configDir: string,
  era: 'legacy' | 'modern',
) {
  const home = await mkdtemp(path.join(configDir, 'inspector-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, MCP_INSPECTOR_SECRET_STORE: 'file' };
  const run = async (...args: string[]): Promise<Record<string, unknown>> => {
    const options = { env, timeout: COMMAND_MS_MAX };
    const { stdout } = await promisify(execFile)(process.execPath, [INSPECTOR, '--format', 'json', ...args], options);
    return stdout.trimStart().startsWith('{') ? JSON.parse(stdout) : {};
  };
  const target = ['--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  const { name: connection } = await run('connect', url, '--era', era, ...target);
  return {
    call: async (tool: string): Promise<string> => {
      const answer = await run('--connection', String(connection), 'tools/call', tool);
      const { content } = (answer['result'] ?? answer) as { content: { text: string }[] }; // of the small server
      return content.map(({ text }) => text).join('\n');
    },
    /** Milliseconds since the epoch: a daemon that lost a connection makes another one. */
    connectedAt: async (): Promise<unknown> => {
      const { connections } = (await run('connections/list')) as { connections: { connectedAt: number }[] };
      return connections[0]?.connectedAt;
    },
    close: async (): Promise<void> => {
      await run('daemon', 'stop');
    },
  };
}
