import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';

export async function connect({ url, headers, provider }) {
  const open = async () => {
    const server = { transport: 'http', url, headers, ...(provider ? { authProvider: provider } : {}) };
    const client = new MultiServerMCPClient({ mcpServers: { interop: server } });
    return { client, tools: await client.getTools() };
  };
  const { client, tools } = await open().catch(async (error) => {
    if (!provider) throw error;
    await auth(provider, { serverUrl: url, authorizationCode: (await provider.returned()).get('code') });
    return open();
  });
  return {
    list: async () => (await client.getTools()).map(({ name }) => name),
    call: (name, args) => tools.find((tool) => tool.name === name).invoke(args),
    close: () => client.close(),
  };
}
