import type { Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { type FieldProblem, invalidInput } from '#server/domain/errors.ts';
import { requireRoleHeld } from '#server/domain/reach.ts';

const MEMBERS_MAX = 20;
const PREFIX_CHARACTERS_MAX = 20;
/** No underscore: one stands behind the prefix, so that each name has one reading. */
const PREFIX = /^[a-z][a-z0-9-]{0,19}$/;

/** A deployment of a bundle, as a person names it. */
export type MemberInput = {
  deploymentId: string;
  /** Name of the view through which the bundle sees it; the whole server when absent. */
  view?: string | null;
  /** Begins the names of its tools and prompts; made of the deployment's name when absent. */
  prefix?: string | null;
};

export type CheckedMember = { deploymentId: string; viewId: string | null; prefix: string; name: string };

/** A prefix of the name of a deployment that no other member has. */
function prefixFor(name: string, taken: ReadonlySet<string>): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, PREFIX_CHARACTERS_MAX - 3);
  const first = word === '' ? 'server' : word;
  for (let number = 1; ; number += 1) {
    const prefix = number === 1 ? first : `${first}${number}`;
    if (!taken.has(prefix)) return prefix;
  }
}

/**
 * Checks the members of a bundle and completes their prefixes. Each belongs to the owner of the bundle, and the caller is an
 * owner of each: a bundle gives away what a token of the deployment would. Throws INVALID_INPUT with the fields.
 */
export async function checkMembers(
  tx: Transaction,
  actor: Actor,
  ownerId: string,
  members: readonly MemberInput[],
): Promise<CheckedMember[]> {
  if (members.length > MEMBERS_MAX) {
    const message = `A bundle has at most ${MEMBERS_MAX} servers.`;
    throw invalidInput(message, [{ field: 'members', message }]);
  }
  const problems: FieldProblem[] = [];
  const checked: CheckedMember[] = [];
  const taken = new Set(members.flatMap(({ prefix }) => prefix ?? []));
  for (const [index, { deploymentId, view = null, prefix = null }] of members.entries()) {
    const problem = (field: string, message: string) => problems.push({ field: `members.${index}.${field}`, message });
    await requireRoleHeld(tx, actor, deploymentId, 'OWN');
    const row = await tx.deployment.findUniqueOrThrow({
      where: { id: deploymentId },
      select: {
        name: true,
        ownerId: true,
        releases: { where: { runtime: 'bundle' }, select: { id: true }, take: 1 },
        views: { select: { id: true, name: true } },
      },
    });
    if (row.ownerId !== ownerId) problem('deploymentId', `“${row.name}” belongs to another person.`);
    if (row.releases.length > 0) problem('deploymentId', `“${row.name}” is a bundle itself.`);
    const found = view === null ? null : row.views.find((one) => one.name === view);
    if (found === undefined) problem('view', `“${row.name}” has no view “${view}”.`);
    const own = prefix ?? prefixFor(row.name, taken);
    taken.add(own);
    if (!PREFIX.test(own))
      problem('prefix', 'A prefix has 1 to 20 lower-case letters, digits and hyphens, and begins with a letter.');
    if (checked.some((one) => one.prefix === own)) problem('prefix', `Two servers have the prefix “${own}”.`);
    checked.push({ deploymentId, viewId: found?.id ?? null, prefix: own, name: row.name });
  }
  if (problems.length === 0) return checked;
  throw invalidInput(problems[0]?.message ?? 'The servers of the bundle are wrong.', problems);
}
