import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** Speaks stdio to a bridge that is started as its settings say; `command.json` holds them. */
export async function connect({ provider }) {
  const { command, args, env } = JSON.parse(readFileSync('command.json', 'utf8'));
  const transport = new StdioClientTransport({ command, args, env: { ...process.env, ...env }, stderr: 'pipe' });
  let said = '';
  transport.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4_000);
    const link = /https?:\/\/\S+\/authorize\?\S+/.exec(said)?.[0];
    if (!link || !provider) return;
    said = '';
    provider.redirectToAuthorization(link);
  });
  const client = new Client({ name: 'interop', version: '1.0.0' });
  await client.connect(transport);
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void client.listTools());
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })).content,
    close: () => client.close(),
  };
}
