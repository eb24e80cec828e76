import type { OfferDigests } from '#server/domain/deployments/rows/offer.ts';
import type { Grant } from '../access.ts';
import type { Route } from '../route.ts';
import { digestsInView } from '../views/asleep-view.ts';
import { viewIn } from '../views/view-in.ts';
import type { OfferOf } from './offer-cache.ts';

/**
 * Digests of the lists as a caller sees them at present. Those of a view are made of the lists themselves, also of a release
 * whose lists are not given away, because they vary.
 */
export type ListsOf = (route: Route, grant: Grant) => OfferDigests | null | Promise<OfferDigests | null>;

export const createListsOf =
  (offerOf: OfferOf | null): ListsOf =>
  (route, grant) => {
    if (grant.viewId === undefined) return route.offerDigests;
    const view = viewIn(route, grant);
    if (view === null || offerOf === null) return null;
    return offerOf(route).then((offer) => digestsInView(offer, view));
  };
