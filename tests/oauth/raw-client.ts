import { createHash, randomBytes } from 'node:crypto';

export type Tokens = {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  token_type: string;
  scope: string;
};

/** A client close to the wire, which can send what no library would. `view`: the name of one, for its address. */
export function createRawClient(rig: { app: { url: string } }, deploymentId: string, view?: string) {
  const below = view === undefined ? '' : `/v/${view}`;
  const issuer = `${rig.app.url}/oauth/${deploymentId}${below}`;
  const resource = `${rig.app.url}/api/mcp/${deploymentId}${below}`;
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${issuer}/${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) });

  return {
    issuer,
    resource,
    form,
    register: (metadata: object) =>
      fetch(`${issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(metadata),
      }),
    /** A fresh challenge, and the link that carries it. */
    begin: (clientId: string, redirectUri: string, extra: Record<string, string> = {}) => {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        state: randomBytes(8).toString('hex'),
        resource,
        ...extra,
      });
      return { verifier, query, url: `${issuer}/authorize?${query}` };
    },
    redeem: (
      clientId: string,
      redirectUri: string,
      code: string,
      verifier: string,
      extra: Record<string, string> = {},
    ) =>
      form('token', {
        grant_type: 'authorization_code',
        client_id: clientId,
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        resource,
        ...extra,
      }),
    refresh: (clientId: string, refreshToken: string, extra: Record<string, string> = {}) =>
      form('token', {
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: refreshToken,
        resource,
        ...extra,
      }),
    /** Calls the endpoint as an MCP client's first message does. */
    call: (accessToken: string | null, url = resource) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
        }),
      }),
  };
}
export type RawClient = ReturnType<typeof createRawClient>;

/** Bodies of answers, whose fields the tests name. */
export const jsonOf = async (answer: Response | Promise<Response>) =>
  (await (await answer).json()) as Record<string, string>; // what the protocol's documents hold
