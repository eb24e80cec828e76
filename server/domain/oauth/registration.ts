import { z } from 'zod';
import type { PrismaClient } from '#prisma/client.ts';
import { hashSecret } from '../secret-hash.ts';
import { presentableName } from './client.ts';
import { OAuthError } from './errors.ts';
import type { OAuthKeys } from './keys.ts';
import { SCOPE } from './names.ts';
import { isAllowedRedirectUri, withoutLoopbackPort } from './redirect-uri.ts';

/** Limit for registrations without a grant. Beyond it the network that has most of them makes room. */
const UNUSED_MAX = 5_000;
/** The same for one network: its own oldest make room. */
const UNUSED_PER_NETWORK_MAX = 100;

const METHODS = ['none', 'client_secret_post', 'client_secret_basic'] as const;

/** The fields that are read of a registration (RFC 7591, section 2). The rest is ignored, as section 3.1 wants. */
const registrationSchema = z.object({
  redirect_uris: z.array(z.string().max(2_000)).min(1).max(10),
  client_name: z.string().max(500).optional(),
  client_uri: z.string().max(2_000).optional(),
  token_endpoint_auth_method: z.enum(METHODS).default('client_secret_basic'),
  grant_types: z.array(z.string().max(100)).max(10).optional(),
  response_types: z.array(z.string().max(100)).max(10).optional(),
  application_type: z.string().max(20).optional(),
});

export type RegistrationDeps = { prisma: PrismaClient; keys: OAuthKeys; clock: () => Date };

/**
 * Dynamic client registration. A repeated registration with the same metadata is the same client and receives the same
 * answer: claude.ai registers twice and uses the first answer here and the second there. A client that any stranger can
 * register has no secret worth the name; what protects its codes is PKCE and its redirect addresses.
 */
export function createRegistration({ prisma, keys, clock }: RegistrationDeps) {
  const unused = { source: 'REGISTRATION', connections: { none: {} } } as const;

  /** Removes the unused clients of a network that were not seen for longest, but for `keep`. */
  const removeOldest = async (network: string | null, keep: number): Promise<void> => {
    const where = { ...unused, network };
    const oldest = await prisma.oAuthClient.findMany({
      where,
      orderBy: { lastSeenAt: 'desc' },
      skip: keep,
      select: { id: true },
    });
    if (oldest.length === 0) return;
    await prisma.oAuthClient.deleteMany({ where: { ...where, id: { in: oldest.map(({ id }) => id) } } });
  };

  const makeRoom = async (id: string, network: string): Promise<void> => {
    if (await prisma.oAuthClient.findUnique({ where: { id }, select: { id: true } })) return;
    await removeOldest(network, UNUSED_PER_NETWORK_MAX - 1);
    if ((await prisma.oAuthClient.count({ where: unused })) < UNUSED_MAX) return;
    const [largest] = await prisma.oAuthClient.groupBy({
      by: 'network',
      where: unused,
      _count: true,
      orderBy: { _count: { id: 'desc' } },
      take: 1,
    });
    if (largest) await removeOldest(largest.network, Math.max(0, largest._count - UNUSED_MAX / 50));
  };

  return async (body: unknown, network: string): Promise<Record<string, unknown>> => {
    const metadata = readRegistration(body);
    const { client_name: givenName, client_uri: uri, token_endpoint_auth_method: method } = metadata;
    const name = presentableName(givenName);
    const redirectUris = [...new Set(metadata.redirect_uris.map(withoutLoopbackPort))].sort();
    const id = keys.derive('client-id', JSON.stringify([name, uri ?? null, method, redirectUris]));
    const secret = method === 'none' ? null : keys.derive('client-secret', id);

    await makeRoom(id, network);
    const now = clock();
    const client = await prisma.oAuthClient.upsert({
      where: { id },
      create: {
        id,
        source: 'REGISTRATION',
        name,
        uri: uri ?? null,
        redirectUris,
        authMethods: [method],
        secretHash: secret === null ? null : hashSecret(secret),
        network,
        createdAt: now,
        lastSeenAt: now,
      },
      update: { lastSeenAt: now },
    });
    const { application_type: applicationType } = metadata;
    return {
      client_id: id,
      client_id_issued_at: Math.floor(client.createdAt.getTime() / 1_000),
      ...(secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
      ...(givenName === undefined ? {} : { client_name: givenName }),
      ...(uri === undefined ? {} : { client_uri: uri }),
      ...(applicationType === undefined ? {} : { application_type: applicationType }),
      redirect_uris: metadata.redirect_uris,
      token_endpoint_auth_method: method,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: SCOPE,
    };
  };
}

function readRegistration(body: unknown) {
  const { data, error } = registrationSchema.safeParse(body);
  if (!data) {
    const at = error.issues[0]?.path[0];
    if (at === 'redirect_uris')
      throw new OAuthError('invalid_redirect_uri', 'redirect_uris must list 1 to 10 addresses.');
    if (at === 'token_endpoint_auth_method') {
      throw new OAuthError(
        'invalid_client_metadata',
        `token_endpoint_auth_method must be one of ${METHODS.join(', ')}.`,
      );
    }
    throw new OAuthError(
      'invalid_client_metadata',
      `The metadata cannot be read${at === undefined ? '' : ` at ${String(at)}`}.`,
    );
  }
  if (!data.redirect_uris.every(isAllowedRedirectUri)) {
    const wanted =
      'Redirect addresses are https, http on a loopback host, or of a scheme of the program, without a fragment.';
    throw new OAuthError('invalid_redirect_uri', wanted);
  }
  if (data.grant_types && !data.grant_types.includes('authorization_code')) {
    throw new OAuthError('invalid_client_metadata', 'grant_types must include authorization_code.');
  }
  if (data.response_types && !data.response_types.includes('code')) {
    throw new OAuthError('invalid_client_metadata', 'response_types must include code.');
  }
  return data;
}
