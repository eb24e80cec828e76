import { auth, createMCPClient, UnauthorizedError } from '@ai-sdk/mcp';

export async function connect({ url, headers, provider }) {
  const open = () => createMCPClient({ transport: { type: 'http', url, headers, authProvider: provider } });
  const client = await open().catch(async (error) => {
    if (!(error instanceof UnauthorizedError) || !provider) throw error;
    await auth(provider, {
      serverUrl: new URL(url),
      authorizationCode: (await provider.returned()).get('code'),
      callbackState: 'interop',
    });
    return open();
  });
  const tools = await client.tools();
  return {
    list: async () => Object.keys(await client.tools()),
    call: (name, args) => tools[name].execute(args, { toolCallId: 'interop', messages: [] }),
    close: () => client.close(),
  };
}
