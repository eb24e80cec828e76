import { z } from 'zod';

const name = z.string();
const nothing = {};
const view = { viewId: z.string(), name };
const token = { tokenId: z.string(), name };
/** Their name, not their e-mail address: entries are kept for good. */
const member = { memberId: z.string(), name };
/** The name of a person or a team, or `everyone`. */
const share = { with: name, role: z.string() };
const team = { teamId: z.string(), name };
const teamMember = { ...team, memberId: z.string(), member: name };

/** Particulars of each kind of entry: names and ids, never credentials. What is not named here is not written. */
const ENTRIES = {
  'deployment.created': { name, package: z.string(), version: z.string() },
  'deployment.redeployed': { release: z.number(), reason: z.string(), package: z.string(), version: z.string() },
  'deployment.started': nothing,
  'deployment.stopped': nothing,
  'deployment.restarted': nothing,
  'deployment.deleted': nothing,
  'deployment.data-cleared': nothing,
  'deployment.data-downloaded': nothing,
  'deployment.data-copied': { from: z.string() },
  'deployment.updated': { changed: z.array(name) },
  'deployment.shared': share,
  'deployment.unshared': share,
  'deployment.status': { from: z.string(), to: z.string(), code: z.string().optional() },
  'definitions.changed': { changes: z.number(), held: z.number(), names: z.array(name), policy: z.string() },
  'definitions.approved': { changes: z.number(), names: z.array(name) },
  'definitions.policy': { from: z.string(), to: z.string() },
  'remote.connected': { issuer: z.string() },
  'remote.disconnected': { issuer: z.string() },
  'credentials.updated': { version: z.number(), set: z.array(name), unset: z.array(name) },
  'personal-values.updated': { set: z.array(name), unset: z.array(name) },
  'view.created': view,
  'view.updated': view,
  'view.renamed': { ...view, from: name },
  'view.deleted': view,
  'bundle.updated': { members: z.array(name), slug: z.string().nullable() },
  'page.published': { view: z.string().nullable() },
  'page.withdrawn': nothing,
  'access-token.created': token,
  'access-token.revoked': token,
  'api-token.created': token,
  'api-token.revoked': token,
  'user.created': nothing,
  'user.signed-in': { method: z.string() },
  'user.signed-out': { sessions: z.number() },
  'user.updated': { changed: z.array(name) },
  'member.invited': member,
  'member.link-created': member,
  'member.locked': member,
  'member.unlocked': member,
  'member.deleted': member,
  'team.created': team,
  'team.renamed': team,
  'team.deleted': team,
  'team.member-added': teamMember,
  'team.member-removed': teamMember,
  'device.allowed': { name, scope: z.string() },
  'device.denied': { name },
  'client.allowed': { clientId: z.string(), name, redirect: z.string() },
  'client.denied': { clientId: z.string(), name },
  'client.revoked': { clientId: z.string(), name, reason: z.string() },
  'machine-client.created': { clientId: z.string(), name, grant: z.string() },
  'machine-client.revoked': { clientId: z.string(), name },
  'issuer.trusted': { issuer: z.string() },
  'issuer.distrusted': { issuer: z.string() },
  'subject.linked': { issuer: z.string(), subject: z.string(), name },
  'subject.unlinked': { issuer: z.string(), subject: z.string() },
  'keys.rotated': { kid: z.string(), envelopes: z.number() },
  'settings.updated': { changed: z.array(name) },
} satisfies Record<string, z.core.$ZodShape>;

type Entries = typeof ENTRIES;
export type AuditType = keyof Entries;

/** Everything that is audited: one member for each type. */
export type AuditEntry = {
  // zod infers that an object without fields has none at all, its type included
  [Type in AuditType]: { type: Type } & (keyof Entries[Type] extends never
    ? unknown
    : z.infer<z.ZodObject<Entries[Type]>>);
}[AuditType];

export const AUDIT_TYPES = Object.keys(ENTRIES) as AuditType[]; // Object.keys widens to string

export const isAuditType = (type: string): type is AuditType => Object.hasOwn(ENTRIES, type);

/** The particulars of an entry as they are kept. Throws for one that is not as its type says. */
export const auditData = ({ type, ...data }: AuditEntry) => z.object(ENTRIES[type]).parse(data);
