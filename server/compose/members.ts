import type { OwnerIntents } from '#server/domain/deployments/intents/owner-intents.ts';
import type { Events } from '#server/domain/events.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import type { MailedLinks } from '#server/domain/members/mailed-links.ts';
import { createMemberService, type MemberService } from '#server/domain/members/service.ts';
import type { Env } from '../env.ts';
import type { Storage } from './storage.ts';

export type MembersWiring = {
  env: Env;
  publicUrl: string;
  storage: Storage;
  events: Events;
  links: SignInLinks;
  ownerIntents: OwnerIntents;
  clock: () => Date;
};

/** The accounts of other people: invitations, sign-in links and locks. */
export function openMembers(wiring: MembersWiring): {
  members: MemberService;
  mailedLinks: MailedLinks | null;
} {
  const { env, publicUrl, events, links, clock } = wiring;
  const { prisma, transaction } = wiring.storage.database;
  const singlePerson = env.MACHINES === 'local';
  const members = createMemberService({
    prisma,
    transaction,
    events,
    links,
    deployments: wiring.ownerIntents,
    publicUrl,
    singlePerson,
    clock,
  });
  return { members, mailedLinks: null };
}
