import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTokenCheck } from '#deploy/host/token.ts';
import { isRecord } from '#server/domain/is-record.ts';
import type { BundleGrant } from '../access.ts';
import type { RouteMember } from '../route.ts';
import { readJson } from './messages.ts';

const DOOR_HEADER = 'catwalk-door';
const GRANT_HEADER = 'catwalk-bundle-grant';

/** The caller of a bundle, as the endpoint named it. */
export type BundleCaller = { bundleId: string; principal: string; label: string | null };

export type MemberDoor = {
  origin: string;
  /** The headers that let a caller of a bundle in at a member. */
  headersFor(caller: BundleCaller, member: Pick<RouteMember, 'viewId'>): Record<string, string>;
  close(): Promise<void>;
};

const readGrant = (header: string | string[] | undefined): BundleGrant | null => {
  const read = typeof header === 'string' ? readJson(Buffer.from(header, 'base64url').toString()) : null;
  if (!isRecord(read)) return null;
  const { bundleId, principal, label, viewId } = read;
  if (typeof bundleId !== 'string' || typeof principal !== 'string') return null;
  return {
    kind: 'bundle',
    bundleId,
    principal,
    label: typeof label === 'string' ? label : null,
    ...(typeof viewId === 'string' ? { viewId } : {}),
  };
};

/**
 * The way of bundles to their members: the endpoint itself, on loopback and behind a secret of this process. So a call of
 * a bundle wakes a machine, passes a view and is held, recorded and ended as every other call of the deployment.
 */
export async function openMemberDoor(
  receive: (req: IncomingMessage, res: ServerResponse, grant: BundleGrant) => void,
): Promise<MemberDoor> {
  const secret = randomBytes(32).toString('base64url');
  const opens = createTokenCheck(secret);
  const server = createServer((req, res) => {
    res.on('error', () => {}); // the caller left
    const grant = opens(req.headers[DOOR_HEADER]) ? readGrant(req.headers[GRANT_HEADER]) : null;
    if (grant !== null) return receive(req, res, grant);
    res.writeHead(404).end();
  });
  server.requestTimeout = 0; // streams are open for hours
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener has an AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    headersFor: (caller, { viewId }) => ({
      [DOOR_HEADER]: secret,
      [GRANT_HEADER]: Buffer.from(JSON.stringify({ ...caller, viewId })).toString('base64url'),
    }),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
