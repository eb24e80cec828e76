import type { PrismaClient } from '#prisma/client.ts';
import type { EndpointAccess } from '#prisma/generated/client/enums.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { parseDefinitions } from '../definitions/definitions.ts';
import { parseSnapshot, type Snapshot } from '../rows/snapshot.ts';
import { effectOf } from '../views/effect.ts';
import { parseRules } from '../views/rules.ts';

/** Everything that a public page shows. Nothing of it is secret, and nothing that clients of its address do not see. */
export type PublicPage = {
  id: string;
  slug: string;
  name: string;
  /** What the owner wrote; empty for nothing. */
  text: string;
  access: EndpointAccess;
  /** Name of the view whose address the page gives; null for the whole server. */
  view: string | null;
  /** False while calls are refused: it failed, was stopped, or does not run yet. */
  isAvailable: boolean;
  /** Null where they are not known: before the first handshake, and for bundles. */
  tools: { name: string; description: string | null }[] | null;
};

export type ReadPublicPage = (word: string) => Promise<PublicPage | null>;

/** Reads the page of the deployment with this id or short name. Null while it is off, as for a deployment that is not there. */
export const createReadPublicPage =
  (prisma: PrismaClient, findBySlug: (slug: string) => Promise<string | null>): ReadPublicPage =>
  async (word) => {
    const id = isUuid(word) ? word : await findBySlug(word);
    if (id === null) return null;
    const row = await prisma.publicPage.findFirst({
      where: { deploymentId: id, deployment: { desired: { not: 'DELETED' } } },
      select: {
        text: true,
        view: { select: { name: true, rules: true } },
        deployment: {
          select: {
            ...{ slug: true, name: true, access: true, status: true },
            currentRelease: { select: { snapshot: true } },
            definitionLock: { select: { policy: true, agreed: true } },
          },
        },
      },
    });
    if (row === null) return null;
    const { text, view, deployment } = row;
    const { slug, name, access, status, currentRelease, definitionLock } = deployment;
    const snapshot = parseSnapshot(currentRelease?.snapshot ?? null);
    const agreed = definitionLock?.policy === 'HOLD' ? parseDefinitions(definitionLock.agreed) : null;
    // What the lock holds back, clients do not see either.
    const shown = snapshot && agreed ? { ...snapshot, ...agreed } : snapshot;
    return {
      ...{ id, slug: slug ?? id, name, text, access, view: view?.name ?? null },
      isAvailable: status === 'RUNNING' || status === 'ASLEEP',
      tools: shown && toolsOf(shown, view?.rules ?? null),
    };
  };

/** The tools under the names and descriptions that clients of the view see. */
function toolsOf(snapshot: Snapshot, rules: unknown): PublicPage['tools'] {
  if (rules === null) return snapshot.tools.map(({ name, description }) => ({ name, description }));
  const effect = effectOf(parseRules(rules), snapshot);
  return (effect?.tools ?? []).flatMap(({ shownName, description }) =>
    shownName === null ? [] : [{ name: shownName, description }],
  );
}
