import type { OfferedAnswers } from '#deploy/host/contract.ts';
import { type CompiledView, compileView } from '#deploy/host/views/compiled-view.ts';
import { hiddenIn, isListMethod, namesInList, showList, showOpening } from '#deploy/host/views/shown-list.ts';
import { digestsOf, type OfferDigests } from '#server/domain/deployments/rows/offer.ts';
import type { RouteView } from './route-view.ts';

/** The answers by offer and view, so that a question that is asked again costs nothing. */
const shownOffers = new WeakMap<OfferedAnswers, Map<string, OfferedAnswers>>();
const VIEWS_MAX = 100;

const hiddenNames = (view: CompiledView, lists: OfferedAnswers['lists']): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const [key, result] of Object.entries(lists)) {
    const method = key.split('\n')[1] ?? '';
    if (!isListMethod(method)) continue;
    const { shown, hidden } = namesInList(view, method, result);
    for (const name of hidden) names.add(name);
    if (method === 'tools/list') for (const name of shown) if (view.shownTool(name) !== name) names.add(name);
  }
  return names;
};

/**
 * Digests of the lists as clients of the view see them: a change of something hidden changes none of them. Of a list of
 * several pages the first counts, as everywhere.
 */
export function digestsInView(offer: OfferedAnswers | null, { rules }: RouteView): OfferDigests | null {
  if (offer === null) return null;
  const view = compileView(rules);
  const names = hiddenNames(view, offer.lists);
  const hidden = hiddenIn(view, () => names);
  const lists = Object.entries(offer.lists).flatMap(([key, result]): [string, string][] => {
    const method = key.split('\n')[1] ?? '';
    return isListMethod(method) ? [[key, showList(view, method, result, { hidden, sealCursor: () => '""' })]] : [];
  });
  return digestsOf({ openings: {}, lists: Object.fromEntries(lists) });
}

/**
 * The answers of a machine that sleeps, as clients of the view would get them from its host. Lists of several pages are
 * left out: only the host can seal their cursors, so that they wake the machine.
 */
export function offerInView(offer: OfferedAnswers | null, { id, revision, rules }: RouteView): OfferedAnswers | null {
  if (offer === null) return null;
  const known = shownOffers.get(offer) ?? new Map<string, OfferedAnswers>();
  shownOffers.set(offer, known);
  const key = `${id} ${revision}`;
  const found = known.get(key);
  if (found) return found;
  if (known.size >= VIEWS_MAX) known.clear();
  const view = compileView(rules);
  const names = hiddenNames(view, offer.lists);
  const hidden = hiddenIn(view, () => names);
  const openings = Object.entries(offer.openings).map(([version, result]) => [version, showOpening(view, result)]);
  const lists = Object.entries(offer.lists).flatMap(([listed, result]): [string, string][] => {
    const [, method = '', cursor] = listed.split('\n');
    if (method === 'server/discover') return [[listed, showOpening(view, result)]];
    if (!isListMethod(method) || cursor !== '') return [];
    let hasMore = false;
    const sealCursor = (own: string) => {
      hasMore ||= own !== 'null';
      return own;
    };
    const shown = showList(view, method, result, { hidden, sealCursor });
    return hasMore ? [] : [[listed, shown]];
  });
  const answers = { openings: Object.fromEntries(openings), lists: Object.fromEntries(lists) };
  known.set(key, answers);
  return answers;
}
