import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

const versionNegotiation = { legacy: undefined, auto: { mode: 'auto' }, modern: { mode: { pin: '2026-07-28' } } };

export async function connect({ url, headers, mode, provider }) {
  const open = () =>
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, authProvider: provider });
  const create = () =>
    new Client(
      { name: 'interop', version: '1.0.0' },
      {
        ...(versionNegotiation[mode] ? { versionNegotiation: versionNegotiation[mode] } : {}),
        listChanged: { tools: { onChanged: () => {} } },
      },
    );
  let transport = open();
  let client = create();
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || !provider) throw error;
    await transport.finishAuth(await provider.returned());
    transport = open();
    client = create();
    await client.connect(transport);
  }
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })).content,
    close: () => client.close(),
  };
}
