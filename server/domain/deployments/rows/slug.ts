import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { invalidInput, UserError } from '#server/domain/errors.ts';

const SLUG = /^[a-z][a-z0-9-]{2,39}$/;
/** Words that stand in addresses of endpoints, or may one day. The migration `slugs` has the same ones. */
const RESERVED: ReadonlySet<string> = new Set(['message', 'messages', 'new', 'server-card', 'sse', 'well-known']);
/** Leaves room for a hyphen and the start of an id. */
const WORD_CHARACTERS_MAX = 31;
const ID_CHARACTERS = 8;
/** How long a slug that was changed leads to its deployment, and is free for no other one. */
export const FORMER_SLUG_MS = 30 * 86_400_000;
/** A deployment cannot hold more names than these by being renamed again and again: the oldest ends first. */
const FORMER_SLUGS_MAX = 5;
/** The key of the lock under which slugs are given away: current and former ones are one namespace in two tables. */
const LOCK_KEY = 7_345_201;

/** The word of an address that a name suggests: 3 to 31 lower-case letters, digits and hyphens. */
export function slugOf(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, WORD_CHARACTERS_MAX)
    .replace(/-+$/, '');
  if (word === '') return 'server';
  return word.length < 3 || RESERVED.has(word) ? `${word}-server` : word;
}

/** Throws INVALID_INPUT for a text that cannot stand in an address in place of an id. */
export function checkSlug(slug: string): string {
  const problem = !SLUG.test(slug)
    ? 'A short name has 3 to 40 lower-case letters, digits and hyphens, and begins with a letter.'
    : RESERVED.has(slug)
      ? `“${slug}” stands for something else in addresses. Choose another short name.`
      : isUuid(slug)
        ? 'A short name cannot look like an id.'
        : null;
  if (problem !== null) throw invalidInput(problem, [{ field: 'slug', message: problem }]);
  return slug;
}

type Owned = Pick<Deployment, 'id' | 'name'>;

/**
 * Returns the slug of a deployment that is about to be made: the wanted one, else the first free one of its name. Holds the
 * lock of slugs until the transaction ends. Throws CONFLICT if the wanted one is taken, and INVALID_INPUT.
 */
export async function newSlug(tx: Transaction, deployment: Owned, wanted: string | null, now: Date): Promise<string> {
  await lockSlugs(tx);
  const slug = await chooseSlug(tx, deployment, wanted, now);
  await tx.formerSlug.deleteMany({ where: { slug } }); // its own, or one whose time is over
  return slug;
}

async function chooseSlug(tx: Transaction, { id, name }: Owned, wanted: string | null, now: Date): Promise<string> {
  if (wanted !== null && wanted !== '') {
    await requireFree(tx, checkSlug(wanted), id, now);
    return wanted;
  }
  const word = slugOf(name);
  for (const candidate of [word, `${word}-2`, `${word}-3`]) if (await isFree(tx, candidate, id, now)) return candidate;
  return `${word}-${id.slice(0, ID_CHARACTERS)}`;
}

/**
 * Returns the slug that a deployment gets in place of its present one, which leads to it for another 30 days. An empty text
 * stands for one of its name. Null when nothing changes. Throws CONFLICT and INVALID_INPUT.
 */
export async function replaceSlug(
  tx: Transaction,
  deployment: Owned & Pick<Deployment, 'slug'>,
  wanted: string,
  now: Date,
): Promise<string | null> {
  if (wanted === deployment.slug) return null;
  const { id: deploymentId, slug: before } = deployment;
  const slug = await newSlug(tx, deployment, wanted, now);
  if (slug === before) return null;
  if (before === null) return slug;
  await tx.formerSlug.create({
    data: { slug: before, deploymentId, until: new Date(now.getTime() + FORMER_SLUG_MS) },
  });
  const former = await tx.formerSlug.findMany({
    where: { deploymentId },
    orderBy: [{ until: 'desc' }, { slug: 'asc' }],
    select: { slug: true },
  });
  const ended = former.slice(FORMER_SLUGS_MAX).map((one) => one.slug);
  await tx.formerSlug.deleteMany({ where: { slug: { in: ended } } });
  return slug;
}

const lockSlugs = (tx: Transaction) => tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK_KEY}::bigint)`;

async function isFree(tx: Transaction, slug: string, id: string, now: Date): Promise<boolean> {
  const current = await tx.deployment.count({ where: { slug, id: { not: id } } });
  if (current > 0) return false;
  return (await tx.formerSlug.count({ where: { slug, deploymentId: { not: id }, until: { gt: now } } })) === 0;
}

async function requireFree(tx: Transaction, slug: string, id: string, now: Date): Promise<void> {
  if (await isFree(tx, slug, id, now)) return;
  throw new UserError('CONFLICT', `The short name “${slug}” is taken.`, {
    kind: 'conflict',
    hint: 'Choose another one. A short name that was changed stays with its deployment for 30 days.',
  });
}
