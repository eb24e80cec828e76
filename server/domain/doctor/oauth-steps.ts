import { z } from 'zod';
import { parseJson } from './address-steps.ts';
import type { Probe } from './probe.ts';
import { type Outcome, passed, type Step, skipped, Trouble } from './step.ts';

export type Access = 'TOKEN' | 'OAUTH' | 'PUBLIC';

const resourceSchema = z.object({ resource: z.string(), authorization_servers: z.array(z.string()).min(1) });
const serverSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  registration_endpoint: z.string().optional(),
  code_challenge_methods_supported: z.array(z.string()).default([]),
});
const registeredSchema = z.object({ client_id: z.string() });

/** The registration of claude.ai, under our own name. The same each time, so that it stays one client. */
const CLIENT = {
  client_name: 'Catwalk connection check',
  redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

const CHANGED =
  'A proxy in front seems to change what this server answers: it must pass paths, headers and bodies as they are.';

/**
 * The way from a 401 to being able to sign in, by the published documents alone (RFC 9728, RFC 8414, RFC 7591), as a
 * client goes it that knows nothing but the endpoint's address.
 */
export function oauthSteps(endpointUrl: string, access: Access, probe: Probe): Step[] {
  let metadataUrl = '';
  let issuer = '';
  let registrationUrl = '';
  const onlyOAuth = (look: () => Promise<Outcome>) => async () =>
    access === 'OAUTH' ? look() : skipped('Only endpoints with OAuth have it.');

  const challenge = async (): Promise<Outcome> => {
    if (access === 'PUBLIC') return skipped('Everybody may call this endpoint.');
    const { status, headers } = await probe.ask(endpointUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    });
    if (status !== 401) throw new Trouble(`A call without a token was answered with ${status}, not with 401.`, CHANGED);
    const named = /\bresource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
    if (access === 'TOKEN') {
      if (named === undefined)
        return passed('401 without a token, and no offer of OAuth, so that clients ask for one.');
      throw new Trouble('The 401 offers OAuth, which is off for this endpoint.', CHANGED);
    }
    if (named === undefined) throw new Trouble('The 401 does not say where to sign in (WWW-Authenticate).', CHANGED);
    metadataUrl = named;
    return passed(`Returns 401 with the sign-in address ${new URL(named).pathname}.`);
  };

  const resource = async (): Promise<Outcome> => {
    const found = await read(metadataUrl, resourceSchema);
    if (found.resource !== endpointUrl) {
      throw new Trouble(
        `It describes ${found.resource}, but clients call ${endpointUrl}.`,
        'Set PUBLIC_URL to the address that clients use: they refuse metadata of another one.',
      );
    }
    issuer = found.authorization_servers[0] ?? '';
    return passed(`It names the authorization server ${issuer}.`);
  };

  const server = async (): Promise<Outcome> => {
    const { origin, pathname } = new URL(issuer);
    const path = pathname === '/' ? '' : pathname;
    const found = await read(`${origin}/.well-known/oauth-authorization-server${path}`, serverSchema);
    if (found.issuer !== issuer) throw new Trouble(`It calls itself ${found.issuer}, not ${issuer}.`, CHANGED);
    if (!found.code_challenge_methods_supported.includes('S256')) {
      throw new Trouble('It does not offer PKCE with S256, which MCP clients need.', CHANGED);
    }
    if (found.registration_endpoint === undefined) {
      throw new Trouble('It does not let clients register themselves.', CHANGED);
    }
    registrationUrl = found.registration_endpoint;
    return passed('Authorization with PKCE (S256), tokens and registration are offered.');
  };

  const registration = async (): Promise<Outcome> => {
    const { status, text } = await probe.ask(registrationUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(CLIENT),
    });
    if (status === 429) throw new Trouble('Too many clients were registered just now.', 'Try again in a minute.');
    const registered = registeredSchema.safeParse(parseJson(text));
    if (!registered.success) {
      throw new Trouble(`Registering a client was answered with ${status}.`, 'The log of the server says why.');
    }
    return passed('A client can register.');
  };

  async function read<T>(url: string, schema: z.ZodType<T>): Promise<T> {
    const { status, text } = await probe.ask(url, { headers: { accept: 'application/json' } });
    if (status !== 200) throw new Trouble(`${url} was answered with ${status}.`, CHANGED);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const missing = parsed.error.issues.map(({ path }) => path.join('.') || 'a JSON object').join(', ');
    throw new Trouble(`${url} is not what it should be: ${missing} is missing.`, CHANGED);
  }

  return [
    { key: 'challenge', title: 'Rejects calls without a token', group: 'oauth', look: challenge },
    { key: 'resource-metadata', title: 'Where to sign in', group: 'oauth', look: onlyOAuth(resource) },
    { key: 'server-metadata', title: 'The authorization server', group: 'oauth', look: onlyOAuth(server) },
    { key: 'registration', title: 'Registering a client', group: 'oauth', look: onlyOAuth(registration) },
  ];
}
