import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Endpoint } from './clients.ts';

/** The modes in which the inspector negotiates. */
export const INSPECTOR_ERAS = ['legacy', 'auto', 'modern'] as const;
type Era = (typeof INSPECTOR_ERAS)[number];

const INSPECTOR = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const MCPDO = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/inspector/clients/mcpdo/build/mcp-bin.js', import.meta.url),
);
const COMMAND_MS_MAX = 60_000;

const result = z.object({ content: z.array(z.object({ text: z.string() })) });
const pending = z.object({ elicitationPending: z.object({ elicitationId: z.string(), message: z.string() }) });

const textOf = (stdout: string): string => result.parse(JSON.parse(stdout)).content[0]?.text ?? '';

/** One command of the inspector, which connects for it; resolves to what it prints. */
export async function inspect({ url, token }: Endpoint, era: Era, ...command: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...[INSPECTOR, '--cli', '--server-url', url, '--transport', 'http', '--protocol-era', era],
      ...['--header', `Authorization: Bearer ${token}`, ...command],
    ],
    { timeout: COMMAND_MS_MAX },
  );
  return stdout;
}

/** The text with which a tool answers the inspector. */
export const inspectTool = async (endpoint: Endpoint, era: Era, tool: string, ...args: string[]): Promise<string> =>
  textOf(await inspect(endpoint, era, '--method', 'tools/call', '--tool-name', tool, ...args));

/** A connection of mcpdo, the client of the inspector that can be asked and that stays connected. */
export type Connection = {
  call(tool: string, ...args: string[]): Promise<string>;
  /** Calls a tool that asks the person; resolves to the question, and to the tool's answer once it is answered. */
  ask(tool: string, message: string, answer: string[]): Promise<{ question: string; text: string }>;
  /** Prints log messages as they come, once it has begun to listen. */
  listen(): { readonly printed: string; stop(): void };
  close(): Promise<void>;
};

/** `folder` is for the inspector's own files and its background process, which ends with the connection. */
export async function connect({ url, token }: Endpoint, era: Era, folder: string): Promise<Connection> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    BROWSER: 'true',
    MCP_INSPECTOR_SECRET_STORE: 'memory',
    MCP_INSPECTOR_DAEMON_DIR: path.join(folder, 'd'),
    MCP_INSPECTOR_DAEMON_TOKEN: randomUUID(),
  };
  const run = async (...args: string[]): Promise<string> => {
    const running = promisify(execFile)(process.execPath, [MCPDO, ...args], { env, timeout: COMMAND_MS_MAX });
    running.child.stdin?.end();
    return (await running).stdout;
  };
  const on = (...command: string[]) => ['--connection', url, '--format', 'json', ...command];

  await run('connect', url, '--transport', 'http', '--era', era, '--header', `Authorization: Bearer ${token}`);
  // A client of 2026-07-28 asks for log messages with each request. All builds are reached in that era unless it is excluded.
  if (era === 'legacy') await run(...on('logging/setLevel', 'info'));
  const logs = era === 'legacy' ? [] : ['--metadata', 'io.modelcontextprotocol/logLevel=info'];
  return {
    call: async (tool, ...args) => textOf(await run(...on('tools/call', tool, ...args, ...logs))),
    async ask(tool, message, answer) {
      const asked = await run(...on('tools/call', tool, `message:=${message}`));
      const { elicitationId, message: question } = pending.parse(JSON.parse(asked)).elicitationPending;
      return { question, text: textOf(await run(...on('elicitation/respond', elicitationId, ...answer))) };
    },
    listen() {
      const tail = spawn(process.execPath, [MCPDO, ...on('logging/tail')], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let printed = '';
      tail.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
      return {
        get printed() {
          return printed;
        },
        stop: () => void tail.kill(),
      };
    },
    close: async () => void (await run('daemon', 'stop')),
  };
}
