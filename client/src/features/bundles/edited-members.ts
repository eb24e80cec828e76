import { z } from 'zod';

export const editedMemberSchema = z.object({
  /** Identifies the row while its prefix is edited. */
  key: z.string(),
  /** UUID of the deployment. */
  deploymentId: z.string(),
  name: z.string(),
  /** Name of the view; null for the whole server. */
  view: z.string().nullable(),
  /** Empty: the server makes one of the name. */
  prefix: z.string(),
});

/** A member of a bundle while the list is edited. */
export type EditedMember = z.infer<typeof editedMemberSchema>;

/** A member as the server has it. */
type SavedMember = { databaseId: string; name: string; prefix: string; view?: string | null | undefined };

/** The rule of the server: `server/domain/deployments/bundles/check-members.ts`. */
const PREFIX = /^[a-z][a-z0-9-]{0,19}$/;
export const MEMBERS_MAX = 20;

export const editedMembers = (members: readonly SavedMember[]): EditedMember[] =>
  members.map(({ databaseId, name, prefix, view = null }) => ({
    key: prefix,
    deploymentId: databaseId,
    name,
    view,
    prefix,
  }));

/** Adds a deployment at the end, as a whole server whose prefix is made of its name. */
export function withMember(
  members: readonly EditedMember[],
  { databaseId, name }: Pick<SavedMember, 'databaseId' | 'name'>,
): EditedMember[] {
  const taken = new Set(members.map(({ key }) => key));
  let number = 1;
  // A capital letter: no prefix, so no key of a saved member, has one.
  while (taken.has(`N${number}`)) number += 1;
  return [...members, { key: `N${number}`, deploymentId: databaseId, name, view: null, prefix: '' }];
}

/** The members as the mutations take them. */
export const memberInputs = (members: readonly EditedMember[]) =>
  members.map(({ deploymentId, view, prefix }) => ({ deploymentId, view, prefix: prefix === '' ? null : prefix }));

export const isSame = (some: readonly EditedMember[], others: readonly EditedMember[]): boolean =>
  JSON.stringify(memberInputs(some)) === JSON.stringify(memberInputs(others));

/** What is wrong with the prefix of a member; null where nothing is. */
export function prefixProblem(members: readonly EditedMember[], { key, prefix }: EditedMember): string | null {
  if (prefix === '') return null;
  if (!PREFIX.test(prefix)) return 'Up to 20 lower-case letters, digits and hyphens, beginning with a letter.';
  const others = members.filter((one) => one.key !== key);
  return others.some((one) => one.prefix === prefix) ? `Another server has the prefix “${prefix}”.` : null;
}

export const hasProblems = (members: readonly EditedMember[]): boolean =>
  members.some((one) => prefixProblem(members, one) !== null);
