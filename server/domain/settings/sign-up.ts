import type { PrismaClient } from '#prisma/client.ts';
import type { SignUpMode } from '#prisma/generated/client/enums.ts';
import { isReservedAddress } from '../identity/reserved-address.ts';
import { INSTALLATION_SETTINGS } from '../installation-row.ts';

export type SignUpRule = {
  mode: SignUpMode;
  /** While LIMITED: e-mail addresses, and domains as `@example.com`; lower case. */
  allowed: string[];
};

export type SignUpAnswer = { allowed: true } | { allowed: false; message: string };

export const DEFAULT_SIGN_UP: SignUpMode = 'CLOSED';

export interface SignUp {
  /**
   * Decides whether a new person with this address may have an account; called before the account is made, and read
   * from the database each time. Existing accounts are not checked again. `verified`: the person opened a link that was
   * mailed to the address, or a trusted provider vouches for it; without that the address is only a claim.
   */
  mayJoin(email: string, verified: boolean): Promise<SignUpAnswer>;
  /** Reports whether sign-up is open at all, for the sign-in page. */
  isOpen(): Promise<boolean>;
}

/**
 * Sign-up is closed until the administrator decides otherwise; invitations work all the same.
 * `singlePerson`: machines are local without walls, and programs would run as the user of this computer.
 */
export function createSignUp(deps: { prisma: PrismaClient; singlePerson: boolean }): SignUp {
  const readRule = async (): Promise<SignUpRule> => {
    if (deps.singlePerson) return { mode: 'CLOSED', allowed: [] };
    const row = await deps.prisma.installationSettings.findUnique({
      where: { id: INSTALLATION_SETTINGS },
      select: { signUp: true, signUpAllowed: true },
    });
    return { mode: row?.signUp ?? DEFAULT_SIGN_UP, allowed: row?.signUpAllowed ?? [] };
  };
  return {
    mayJoin: async (email, verified) => decideSignUp(await readRule(), email, verified),
    isOpen: async () => (await readRule()).mode !== 'CLOSED',
  };
}

/** Pure. */
export function decideSignUp({ mode, allowed }: SignUpRule, email: string, verified: boolean): SignUpAnswer {
  if (isReservedAddress(email)) return { allowed: false, message: 'This address belongs to Catwalk itself.' };
  if (mode === 'CLOSED') return { allowed: false, message: 'This Catwalk takes invited users only.' };
  if (!verified) return { allowed: false, message: 'The address is not verified. Verify it at GitHub first.' };
  if (mode === 'OPEN') return { allowed: true };
  const address = email.trim().toLowerCase();
  const domain = address.slice(address.lastIndexOf('@'));
  return address.includes('@') && (allowed.includes(address) || allowed.includes(domain))
    ? { allowed: true }
    : { allowed: false, message: 'This Catwalk takes only invited users; ask its administrator.' };
}
