import { auth } from '@modelcontextprotocol/client';
import { MCPServerStreamableHttp } from '@openai/agents';

export async function connect({ url, headers, provider }) {
  const open = async () => {
    const options = { name: 'interop', url, requestInit: { headers }, ...(provider ? { authProvider: provider } : {}) };
    const server = new MCPServerStreamableHttp(options);
    await server.connect();
    return server;
  };
  const server = await open().catch(async (error) => {
    if (!provider) throw error;
    const params = await provider.returned();
    await auth(provider, { serverUrl: url, authorizationCode: params.get('code'), iss: params.get('iss') });
    return open();
  });
  return {
    list: async () => (await server.listTools()).map(({ name }) => name),
    call: (name, args) => server.callTool(name, args),
    close: () => server.close(),
  };
}
