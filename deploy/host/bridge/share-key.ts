import type { HostIsolation } from '../contract.ts';
import { principalInView, viewOfPrincipal } from '../view-contract.ts';

/** Capabilities with which a server may turn to the client: its requests do not say which call they belong to. */
const CALLS_BACK = ['sampling', 'elicitation', 'roots'];

/** Stands for all principals where the isolation makes no difference between them. No principal holds a NUL. */
const SHARED_OWNER = 'shared\0';

/** The same for those who see one view: children are never shared between two views. */
export const sharedOwnerOf = (principal: string): string => {
  const view = viewOfPrincipal(principal);
  return view === null ? SHARED_OWNER : principalInView(SHARED_OWNER, view);
};

export const isSharedOwner = (principal: string): boolean => principal.startsWith(SHARED_OWNER);

type ClientTerms = { principal: string; protocolVersion: string; capabilities: unknown };

const capabilitiesOf = ({ capabilities }: ClientTerms): object =>
  typeof capabilities === 'object' && capabilities !== null ? capabilities : {};

/** The terms of a handshake, the same for every principal: a child with the same terms can be handed over. */
export const termsOf = (client: ClientTerms): string =>
  `${client.protocolVersion}\0${JSON.stringify(capabilitiesOf(client))}`;

/**
 * Sessions with the same key may share a child: those of one principal that agree on protocol version and
 * capabilities. Null: a child of its own. Parts are joined by NUL, which occurs in none of them.
 */
export const shareKeyOf = (isolation: HostIsolation, client: ClientTerms): string | null => {
  switch (isolation) {
    case 'PER_SESSION':
      return null;
    case 'SHARED':
      return sharedOwnerOf(client.principal);
    case 'AUTO':
      if (CALLS_BACK.some((name) => name in capabilitiesOf(client))) return null;
      return `${client.principal.replaceAll('\0', '')}\0${termsOf(client)}`;
  }
};

/**
 * The same in the stateless protocol, in which each request carries its own terms: sessions of one principal share a
 * child, whatever their clients can do.
 */
export const modernShareKeyOf = (isolation: HostIsolation, principal: string): string | null => {
  switch (isolation) {
    case 'PER_SESSION':
      return null;
    case 'SHARED':
      return `modern\0${sharedOwnerOf(principal)}`;
    case 'AUTO':
      return `modern\0${principal.replaceAll('\0', '')}`;
  }
};
