import type { Queryable } from '#prisma/client.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';

export type Person = { id: string; name: string };

const CHARACTERS_MAX = 320;

/**
 * Finds a user of this installation by e-mail address, or by the whole name. Throws NOT_FOUND for one without an account,
 * and CONFLICT where several people have the name.
 */
export async function findPerson(db: Queryable, text: string): Promise<Person> {
  const wanted = text.trim();
  if (wanted === '' || wanted.length > CHARACTERS_MAX) {
    const message = 'Enter the name or the e-mail address of a person.';
    throw invalidInput(message, [{ field: 'person', message }]);
  }
  const people = await db.user.findMany({
    where: {
      deletedAt: null,
      OR: [{ email: wanted.toLowerCase() }, { name: { equals: wanted, mode: 'insensitive' } }],
    },
    select: { id: true, name: true, email: true },
    take: 10,
  });
  const byAddress = people.find(({ email }) => email === wanted.toLowerCase());
  const [first, ...others] = byAddress ? [byAddress] : people;
  if (first === undefined)
    throw new UserError('NOT_FOUND', 'No account here has this name or e-mail address.', {
      kind: 'not-found',
      hint: notFoundHint,
    });
  if (others.length === 0) return { id: first.id, name: first.name };
  throw new UserError('CONFLICT', 'Several people have this name.', {
    kind: 'conflict',
    hint: 'Enter the e-mail address of the person.',
  });
}

const notFoundHint = 'Check the spelling. The administrator can invite people.';

/** Finds a team of the caller. Throws NOT_FOUND for one that the caller is no member of. */
export async function findOwnTeam(
  db: Queryable,
  userId: string,
  teamId: string,
): Promise<{ id: string; name: string }> {
  const team = await db.team.findFirst({
    where: { id: teamId, members: { some: { userId } } },
    select: { id: true, name: true },
  });
  if (team === null) throw notFound('The team');
  return team;
}
