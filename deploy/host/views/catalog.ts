import { createHash } from 'node:crypto';
import { type Envelope, slice } from '../bridge/json-rpc.ts';
import type { CompiledView } from './compiled-view.ts';
import { membersIn, rawOf } from './edit-members.ts';
import { type ListMethod, namesInList, showList } from './shown-list.ts';

const LIST_MS_MAX = 10_000;
const PAGES_MAX = 100;
/** A server may add a tool without a word: a name that is not in its list is looked for again, but not for each call. */
const LOOK_AGAIN_MS = 1_000;
const NO_HIDDEN: ReadonlySet<string> = new Set();

/** Asks the child itself; `cursor` is a raw JSON value. */
export type AskPage = (method: ListMethod, cursor: string | null, signal: AbortSignal) => Promise<Envelope>;

type Names = { shown: Set<string>; hidden: Set<string> };

/** The whole lists of one child, as the child gives them; read when they are first needed and when they change. */
export type Catalog = ReturnType<typeof createCatalog>;

export const createCatalog = (deps: { ask: AskPage; now: () => number }) => {
  const known = new Map<ListMethod, { pages: string[]; at: number; names: WeakMap<CompiledView, Names> }>();
  const reading = new Map<ListMethod, Promise<void>>();

  const readPages = async (method: ListMethod): Promise<string[]> => {
    const pages: string[] = [];
    const signal = AbortSignal.timeout(LIST_MS_MAX);
    const seen = new Set<string>();
    let cursor: string | null = null;
    try {
      while (pages.length < PAGES_MAX) {
        const answer: Envelope = await deps.ask(method, cursor, signal);
        if (answer.result === null) break;
        const page = slice(answer.text, answer.result);
        pages.push(page);
        cursor = rawOf(membersIn(page) ?? [], 'nextCursor');
        if (cursor === null || cursor[0] !== '"' || seen.has(cursor)) break;
        seen.add(cursor);
      }
    } catch {
      // A list that does not come holds nothing: what the view shows is never guessed.
    }
    return pages;
  };

  const read = (method: ListMethod): Promise<void> => {
    const running = reading.get(method);
    if (running) return running;
    const started = readPages(method).then((pages) => {
      reading.delete(method);
      known.set(method, { pages, at: deps.now(), names: new WeakMap() });
    });
    reading.set(method, started);
    return started;
  };

  const namesOf = (view: CompiledView, method: ListMethod): Names => {
    const list = known.get(method);
    if (list === undefined) return { shown: new Set(), hidden: new Set() };
    let names = list.names.get(view);
    if (names === undefined) {
      names = { shown: new Set(), hidden: new Set() };
      for (const page of list.pages) {
        const { shown, hidden } = namesInList(view, method, page);
        for (const name of shown) names.shown.add(name);
        for (const name of hidden) names.hidden.add(name);
      }
      list.names.set(view, names);
    }
    return names;
  };

  return {
    /** Reads the list again, once for all who wait. A reading that began before the change does not count. */
    async refresh(method: ListMethod): Promise<void> {
      await reading.get(method);
      await read(method);
    },
    isKnown: (method: ListMethod) => known.has(method),
    /** Reads the list unless it is known. */
    ensure: (method: ListMethod): Promise<void> | null => (known.has(method) ? null : read(method)),
    /** Reads the list again for a name that is not in it, unless that was done a moment ago; null if it was. */
    lookAgain(method: ListMethod): Promise<void> | null {
      const at = known.get(method)?.at;
      return at !== undefined && deps.now() - at < LOOK_AGAIN_MS ? null : read(method);
    },
    namesOf,
    /** Stands for all that clients of the view see of the lists; null before they were read. */
    digestOf(view: CompiledView, methods: readonly ListMethod[]): string | null {
      const hash = createHash('sha256');
      for (const method of methods) {
        const list = known.get(method);
        if (list === undefined) return null;
        for (const page of list.pages)
          hash.update(showList(view, method, page, { hidden: NO_HIDDEN, sealCursor: () => '""' })).update('\n');
      }
      return hash.digest('base64');
    },
  };
};
