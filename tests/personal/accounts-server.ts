/** An MCP server that asks an API whose account its key opens, as servers of services do. */
import { createInterface } from 'node:readline';

const { ACCOUNTS_URL = '', ACCOUNT_TOKEN = '' } = process.env;

const whoami = async (): Promise<string> => {
  const answer = await fetch(ACCOUNTS_URL, { headers: { authorization: `Bearer ${ACCOUNT_TOKEN}` } });
  return answer.text();
};

type Request = { id?: number | string; method: string; params?: { protocolVersion?: string; name?: string } };
const answers: Record<string, (params: Request['params']) => unknown> = {
  initialize: (params) => ({
    protocolVersion: params?.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'accounts', version: '1.0.0' },
  }),
  // A careless server tells its key: it must reach the key's owner alone.
  'tools/list': () => ({
    tools: ['whoami', 'crash', 'tell'].map((name) => ({
      name,
      description: `Works with ${ACCOUNT_TOKEN}.`,
      inputSchema: { type: 'object' },
    })),
  }),
  'tools/call': async (params) => {
    if (params?.name === 'crash') process.exit(3);
    console.error(`called with ${ACCOUNT_TOKEN}`);
    return { content: [{ type: 'text', text: params?.name === 'tell' ? ACCOUNT_TOKEN : await whoami() }] };
  },
  ping: () => ({}),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line) as Request;
  if (id === undefined) return;
  const known = answers[method];
  const send = (answer: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
  if (known === undefined) send({ error: { code: -32601, message: 'Method not found' } });
  else
    Promise.resolve(known(params)).then(
      (result) => send({ result }),
      (error: unknown) => send({ error: { code: -32000, message: String(error) } }),
    );
});
