import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export type Endpoint = { endpointUrl: string; accessToken: string };
type Call = { name: string; arguments: Record<string, unknown> };
type Heard = { tools: string[]; content: unknown; isError: boolean };

const headersOf = ({ accessToken }: Endpoint) => ({ headers: { authorization: `Bearer ${accessToken}` } });

/** Lists the tools and calls one, with the official v2 client. Ends its session (DELETE). */
export async function useWithV2(endpoint: Endpoint, call: Call): Promise<Heard> {
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.endpointUrl), {
    requestInit: headersOf(endpoint),
  });
  const client = new Client({ name: 'main-job-v2', version: '1.0.0' });
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    const result = await client.callTool(call);
    await transport.terminateSession();
    return { tools: tools.map(({ name }) => name), content: result.content, isError: result.isError === true };
  } finally {
    await client.close();
  }
}

/** The same with the official v1 SDK. */
export async function useWithV1(endpoint: Endpoint, call: Call): Promise<Heard> {
  const transport = new V1Transport(new URL(endpoint.endpointUrl), { requestInit: headersOf(endpoint) });
  const client = new V1Client({ name: 'main-job-v1', version: '1.0.0' });
  // The SDK's own types disagree under exactOptionalPropertyTypes: sessionId may be undefined.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  try {
    const { tools } = await client.listTools();
    const result = await client.callTool(call);
    await transport.terminateSession();
    return { tools: tools.map(({ name }) => name), content: result.content, isError: result.isError === true };
  } finally {
    await client.close();
  }
}
