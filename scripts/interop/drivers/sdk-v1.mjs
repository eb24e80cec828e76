import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

export async function connect({ url, headers, provider }) {
  const open = () =>
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, authProvider: provider });
  let transport = open();
  let client = new Client({ name: 'interop', version: '1.0.0' });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || !provider) throw error;
    await transport.finishAuth((await provider.returned()).get('code'));
    transport = open();
    client = new Client({ name: 'interop', version: '1.0.0' });
    await client.connect(transport);
  }
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void client.listTools());
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })).content,
    close: async () => {
      await transport.terminateSession();
      await client.close();
    },
  };
}
