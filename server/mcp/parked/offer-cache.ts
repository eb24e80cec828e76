import type { OfferedAnswers } from '#deploy/host/contract.ts';
import type { Route } from '../route.ts';

/** Together, in characters: offers are kept only as long as there is room. */
const CHARACTERS_MAX = 32 * 1024 * 1024;

/** Finds the answers of the release of a route, for giving them only where it `hasOffer`; null where they are not known. */
export type OfferOf = (route: Route) => Promise<OfferedAnswers | null>;
export type LoadOffer = (releaseId: string) => Promise<OfferedAnswers | null>;

const sizeOf = (offer: OfferedAnswers | null): number =>
  offer === null
    ? 0
    : [...Object.values(offer.openings), ...Object.values(offer.lists)].reduce((sum, text) => sum + text.length, 0);

/** Reads the offer of a route's release, once for as long as its lists stay the same. */
export function createOfferCache(load: LoadOffer): OfferOf {
  const kept = new Map<
    string,
    { digests: Route['offerDigests']; offer: Promise<OfferedAnswers | null>; size: number }
  >();
  let characters = 0;

  const forget = (releaseId: string, entry = kept.get(releaseId)) => {
    if (entry === undefined || kept.get(releaseId) !== entry) return; // another reading has taken its place
    characters -= entry.size;
    kept.delete(releaseId);
  };

  return async ({ releaseId, offerDigests: digests }) => {
    if (releaseId === null || digests === null) return null;
    const known = kept.get(releaseId);
    if (known?.digests === digests) return known.offer; // the route that was read once holds one object
    forget(releaseId);
    const entry = { digests, offer: load(releaseId), size: 0 };
    kept.set(releaseId, entry);
    try {
      const size = sizeOf(await entry.offer);
      if (kept.get(releaseId) === entry) {
        entry.size = size;
        characters += size;
      }
    } catch (error) {
      forget(releaseId, entry);
      throw error;
    }
    for (const oldest of kept.keys()) {
      if (characters <= CHARACTERS_MAX) break;
      forget(oldest);
    }
    return entry.offer;
  };
}
