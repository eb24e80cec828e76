import { z } from 'zod';
import type { RemoteConnection } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import { remoteClientSchema } from './client.ts';

/** The part of the metadata (RFC 8414) that is needed after a sign-in has begun. */
export const endpointsSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string().optional(),
  response_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** Everything secret about a connection, as it is sealed. */
const contentSchema = z.object({
  /** The address of the remote server: the tokens go nowhere else. */
  url: z.string(),
  resource: z.string(),
  endpoints: endpointsSchema,
  client: remoteClientSchema,
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
});
export type ConnectionContent = z.infer<typeof contentSchema>;

const contextOf = (deploymentId: string, version: number) =>
  ({ purpose: 'remote-connection', subject: deploymentId, version }) as const;

export const sealConnection = (
  envelopes: Envelopes,
  deploymentId: string,
  version: number,
  content: ConnectionContent,
): Promise<string> => envelopes.seal(JSON.stringify(content), contextOf(deploymentId, version));

export async function openConnection(
  envelopes: Envelopes,
  row: Pick<RemoteConnection, 'deploymentId' | 'version' | 'envelope'>,
): Promise<ConnectionContent> {
  const text = await envelopes.open(row.envelope, contextOf(row.deploymentId, row.version));
  return contentSchema.parse(JSON.parse(text));
}
