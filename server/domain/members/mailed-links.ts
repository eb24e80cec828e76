import { z } from 'zod';
import type { PrismaClient } from '#prisma/client.ts';
import type { AttemptRule, Attempts } from '../identity/attempts.ts';
import { isReservedAddress } from '../identity/reserved-address.ts';
import type { SignInLinks } from '../identity/sign-in-links.ts';
import type { SignUp } from '../settings/sign-up.ts';

export type Mail = { to: string; subject: string; text: string };

export interface Mailer {
  /** Hands a message to the mail server. Rejects when that does not accept it in time. */
  send(mail: Mail): Promise<void>;
}

const LIFETIME_MS = 30 * 60_000;
/** Limits the mails to one address, from any number of callers. */
const PER_ADDRESS: AttemptRule = { attemptsMax: 5, windowMs: 60 * 60_000 };

export interface MailedLinks {
  /**
   * Mails a sign-in link to the address if it has an account or may have one. Returns at once and the same for every
   * address, so that neither the response nor its time reveals who has an account.
   */
  request(email: string): void;
  /** Waits for the messages on their way. */
  close(): Promise<void>;
}

export type MailedLinkDeps = {
  prisma: PrismaClient;
  links: Pick<SignInLinks, 'createMailed'>;
  signUp: Pick<SignUp, 'mayJoin'>;
  attempts: Pick<Attempts, 'consume'>;
  mailer: Mailer;
  publicUrl: string;
  onError: (error: unknown) => void;
};

/** Sign-in links by mail: for a forgotten password, and to sign up, since the link proves the address. */
export function createMailedLinks(deps: MailedLinkDeps): MailedLinks {
  const running = new Set<Promise<void>>();

  const send = async (given: string): Promise<void> => {
    const email = given.trim().toLowerCase();
    if (!z.email().safeParse(email).success || isReservedAddress(email)) return;
    if ((await deps.attempts.consume(`mail ${email}`, PER_ADDRESS)) !== null) return;
    const user = await deps.prisma.user.findUnique({ where: { email }, select: { id: true, lockedAt: true } });
    if (user?.lockedAt) return;
    if (user === null && !(await deps.signUp.mayJoin(email, true)).allowed) return;
    const secret = await deps.links.createMailed({ userId: user?.id ?? null, email }, LIFETIME_MS);
    const url = `${deps.publicUrl}/sign-in?token=${secret}`;
    await deps.mailer.send({ to: email, ...messageOf(url, user === null) });
  };

  return {
    request: (email) => {
      const sending = send(email)
        .catch(deps.onError)
        .finally(() => running.delete(sending));
      running.add(sending);
    },
    close: async () => {
      await Promise.all(running);
    },
  };
}

const messageOf = (url: string, isNew: boolean): Pick<Mail, 'subject' | 'text'> => ({
  subject: isNew ? 'Create your Catwalk account' : 'Sign in to Catwalk',
  text: [
    isNew ? 'Open this link to create your account:' : 'Open this link to sign in:',
    '',
    url,
    '',
    'The link works once, within 30 minutes.',
    isNew
      ? 'Then set a password on the page Account.'
      : 'If you forgot your password, set a new one on the page Account within 15 minutes of signing in.',
    'If you did not request this message, ignore it.',
    '',
  ].join('\n'),
});
