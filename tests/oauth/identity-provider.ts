import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

const TYPE = 'oauth-id-jag+jwt';

/** Differences from a valid assertion; undefined takes a claim away. */
export type AssertionChanges = {
  claims?: Record<string, unknown>;
  typ?: string;
  key?: CryptoKey;
  /** Signs with HS256 and the public key of the provider, as if it were a shared secret. */
  symmetric?: boolean;
};

/**
 * An identity provider of a company on loopback: it publishes its keys, and exchanges an identity token for an identity
 * assertion (RFC 8693). Its identity tokens are the names of subjects.
 */
export async function openIdentityProvider() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  let keysFetched = 0;
  let isAway = false;
  let url = '';

  const sign = (
    { subject, audience, resource, clientId }: Record<'subject' | 'audience' | 'resource' | 'clientId', string>,
    { claims = {}, typ = TYPE, key = privateKey, symmetric = false }: AssertionChanges = {},
  ): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    const payload: JWTPayload = {
      iss: url,
      sub: subject,
      aud: audience,
      resource,
      client_id: clientId,
      jti: randomUUID(),
      iat: now,
      exp: now + 300,
      ...claims,
    };
    const header = { typ, kid: 'k1', alg: symmetric ? 'HS256' : 'ES256' };
    const signed = new SignJWT(payload).setProtectedHeader(header);
    return signed.sign(symmetric ? new TextEncoder().encode(JSON.stringify(jwk)) : key);
  };

  const server = createServer(async (req, res) => {
    const answer = (status: number, body: object) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (isAway) return void res.destroy();
    if (req.url === '/keys') {
      keysFetched += 1;
      return void answer(200, { keys: [jwk] });
    }
    if (req.url?.startsWith('/.well-known/')) {
      return void answer(200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      });
    }
    if (req.url !== '/token') return void answer(404, {});
    const form = new URLSearchParams(Buffer.concat(await req.toArray()).toString());
    const audience = form.get('audience') ?? '';
    const resource = form.get('resource') ?? '';
    const assertion = await sign({
      subject: form.get('subject_token') ?? '',
      audience,
      resource,
      clientId: clientIds.get(audience) ?? '',
    });
    answer(200, {
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      access_token: assertion,
      token_type: 'N_A',
      expires_in: 300,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP

  /** The client_id by which the provider knows its client at each authorization server. */
  const clientIds = new Map<string, string>();
  return {
    url,
    keysUri: `${url}/keys`,
    clientIds,
    sign,
    get keysFetched() {
      return keysFetched;
    },
    setAway: (away: boolean): void => {
      isAway = away;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
