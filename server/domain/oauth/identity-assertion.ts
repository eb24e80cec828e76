import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { AssertionError, readSingleUse, type SingleUse, verifyAssertion } from './assertion.ts';
import { addressesOf, isResource, type ResourceView } from './names.ts';
import type { RemoteKeys } from './remote-keys.ts';

/** The `typ` of an identity assertion (draft-ietf-oauth-identity-assertion-authz-grant, section 3). */
const TYPE = 'oauth-id-jag+jwt';

export type IssuerTerms = { issuer: string; jwksUri: string; audience: string | null };

/** A verified statement of a trusted issuer: this user may be represented by this client, here. */
export type IdentityAssertion = SingleUse & { issuer: string; subject: string };

const claimsSchema = z.object({
  sub: z.string().min(1).max(500),
  aud: z.union([z.string(), z.tuple([z.string()])]),
  client_id: z.string(),
  iat: z.number(),
  resource: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
});

/**
 * Verifies an identity assertion (ID-JAG; the MCP extension "Enterprise-Managed Authorization", section 5.1) for one
 * deployment, or one of its views, and the client that presents it. @throws AssertionError
 */
export async function verifyIdentityAssertion(
  deps: {
    publicUrl: string;
    keysAt: RemoteKeys;
    findIssuer: (issuer: string) => Promise<IssuerTerms | null>;
    now: Date;
  },
  {
    jwt,
    deployment,
    clientId,
  }: { jwt: string; deployment: { id: string; view: ResourceView | null }; clientId: string },
): Promise<IdentityAssertion> {
  const { publicUrl, keysAt, now } = deps;
  const named = readIssuer(jwt);
  const trusted = named === null ? null : await deps.findIssuer(named);
  if (!trusted) throw new AssertionError('The assertion is of an issuer that is not trusted here.');
  const { issuer } = addressesOf(publicUrl, deployment);
  const audience = trusted.audience === null ? [issuer] : [issuer, trusted.audience];
  const terms = { issuer: trusted.issuer, audience, typ: TYPE };
  const payload = await verifyAssertion(jwt, keysAt(trusted.jwksUri), terms, now);
  const { data } = claimsSchema.safeParse(payload);
  if (!data) throw new AssertionError('The assertion lacks sub, client_id or iat, or names several audiences.');
  if (data.client_id !== clientId) throw new AssertionError('The assertion was issued to another client.');
  const resources = [data.resource ?? []].flat();
  if (!resources.every((one) => isResource(publicUrl, deployment.id, one, deployment.view?.name))) {
    throw new AssertionError('The assertion is for another resource.');
  }
  // An audience that all deployments share does not say which of them is meant.
  if ([data.aud].flat()[0] !== issuer && resources.length === 0) {
    throw new AssertionError('The assertion names no resource.');
  }
  return { ...readSingleUse(payload, now), issuer: trusted.issuer, subject: data.sub };
}

/** The issuer that an assertion names, before anything of it is believed; null when it cannot be read. */
function readIssuer(jwt: string): string | null {
  try {
    decodeProtectedHeader(jwt);
    return decodeJwt(jwt).iss ?? null;
  } catch {
    throw new AssertionError('The assertion cannot be read.');
  }
}
