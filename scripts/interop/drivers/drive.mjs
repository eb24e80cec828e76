// Runs beside a client library and does one step for each line of its input; each answer is one line after a mark.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { connect } from './driver.mjs';

const MARK = '\u0001interop ';
const say = (value) => process.stdout.write(`${MARK}${JSON.stringify(value)}\n`);

/** An OAuth provider of the shape that all these libraries took over from the official SDK, which keeps all in memory. */
async function createProvider() {
  const codes = [];
  const arrived = [];
  const server = createServer((req, res) => {
    const params = new URL(req.url, 'http://localhost').searchParams;
    if (!params.has('code')) return res.writeHead(404).end();
    res.end('You can close this page.');
    const waiting = arrived.shift();
    if (waiting) waiting(params);
    else codes.push(params);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const redirectUrl = `http://127.0.0.1:${server.address().port}/callback`;
  const kept = {};
  return {
    redirectUrl,
    clientMetadata: {
      client_name: 'Interop',
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    state: () => 'interop',
    clientInformation: () => kept.client,
    saveClientInformation: (client) => {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    codeVerifier: () => kept.verifier ?? '',
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    discoveryState: () => kept.discovery,
    saveDiscoveryState: (discovery) => {
      kept.discovery = discovery;
    },
    redirectToAuthorization: (url) => say({ authorize: String(url) }),
    /** Resolves to the parameters with which the person comes back. */
    returned: () =>
      codes.length > 0 ? Promise.resolve(codes.shift()) : new Promise((resolve) => arrived.push(resolve)),
  };
}

let client;
const steps = {
  connect: async ({ url, token, mode, oauth }) => {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const provider = oauth ? await createProvider() : undefined;
    client = await connect({ url, headers, mode, provider });
    return null;
  },
  list: () => client.list(),
  call: ({ name, args }) => client.call(name, args),
  close: () => client.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { step, ...options } = JSON.parse(line);
  try {
    say({ step, value: (await steps[step](options)) ?? null });
  } catch (error) {
    say({ step, error: `${error?.name ?? 'Error'}: ${error?.message ?? error}`.slice(0, 600) });
  }
}
process.exit(0);
