import { MCPClient } from '@mastra/mcp';

export async function connect({ url, headers }) {
  const client = new MCPClient({
    servers: { interop: { url: new URL(url), requestInit: { headers }, connectTimeout: 60_000 } },
  });
  const tools = await client.listTools();
  if (Object.keys(tools).length === 0) throw new Error('It lists no tools, and reports no reason.');
  return {
    list: async () => Object.keys(await client.listTools()),
    call: (name, args) => tools[`interop_${name}`].execute(args, {}),
    close: () => client.disconnect(),
  };
}
