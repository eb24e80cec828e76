import type { OwnerIntents } from '#server/domain/deployments/intents/owner-intents.ts';
import type { Events } from '#server/domain/events.ts';
import type { Attempts } from '#server/domain/identity/attempts.ts';
import type { SignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { createMailedLinks, type MailedLinks } from '#server/domain/members/mailed-links.ts';
import { createMemberService, type MemberService } from '#server/domain/members/service.ts';
import type { SignUp } from '#server/domain/settings/sign-up.ts';
import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import { createSmtpMailer } from '../mail/smtp.ts';
import type { Storage } from './storage.ts';

export type MembersWiring = {
  env: Env;
  publicUrl: string;
  storage: Storage;
  events: Events;
  links: SignInLinks;
  signUp: SignUp;
  attempts: Attempts;
  ownerIntents: OwnerIntents;
  clock: () => Date;
  log: Log;
};

/** The accounts of other people: invitations, locks, and links by mail where a mail server is configured. */
export function openMembers(wiring: MembersWiring): {
  members: MemberService;
  mailedLinks: MailedLinks | null;
  close(): Promise<void>;
} {
  const { env, publicUrl, events, links, signUp, attempts, clock, log } = wiring;
  const { prisma, transaction } = wiring.storage.database;
  const { singlePerson } = env;
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
  if (env.SMTP_URL === undefined || singlePerson) return { members, mailedLinks: null, close: async () => {} };
  const from = env.MAIL_FROM ?? `Catwalk <no-reply@${new URL(publicUrl).hostname}>`;
  const mailer = createSmtpMailer({ url: env.SMTP_URL, from });
  const mailedLinks = createMailedLinks({
    prisma,
    links,
    signUp,
    attempts,
    mailer,
    publicUrl,
    onError: (error) => log.error({ component: 'mail', err: error }, 'A sign-in link could not be mailed.'),
  });
  const close = async () => {
    await mailedLinks.close();
    mailer.close();
  };
  return { members, mailedLinks, close };
}
