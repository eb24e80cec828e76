import { z } from 'zod';
import type { TabStorage } from '../../drafts/tab-storage.ts';
import { type CapabilityRequest, KINDS } from './capabilities.ts';

/** A request that the user saved to run it again. Results are not saved. */
export type SavedRequest = { id: string; label: string; request: CapabilityRequest };

const savedSchema = z.array(
  z.object({
    id: z.string(),
    label: z.string(),
    request: z.object({
      kind: z.enum(KINDS),
      name: z.string(),
      template: z.boolean(),
      args: z.record(z.string(), z.unknown()),
    }),
  }),
);

const SAVED_MAX = 100;

export type SavedRequests = {
  get: () => readonly SavedRequest[];
  subscribe: (listener: () => void) => () => void;
  /** Saves a request; one that is saved already keeps its place. */
  save: (request: CapabilityRequest) => void;
  remove: (id: string) => void;
};

const isSame = (a: CapabilityRequest, b: CapabilityRequest): boolean =>
  a.kind === b.kind && a.name === b.name && JSON.stringify(a.args) === JSON.stringify(b.args);

const LABEL_CHARACTERS_MAX = 60;

/** Describes arguments in a line: the values, which differ more than the names. */
export function labelOf(args: Record<string, unknown>): string {
  const values = Object.values(args).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const label = values.join(', ').replace(/\s+/g, ' ').trim();
  if (label === '') return 'No arguments';
  return label.length > LABEL_CHARACTERS_MAX ? `${label.slice(0, LABEL_CHARACTERS_MAX - 1)}…` : label;
}

/** Keeps the saved requests of one deployment, newest first, in a storage that other tabs of the browser share. */
export function createSavedRequests(storage: TabStorage, databaseId: string, createId: () => string): SavedRequests {
  const key = `saved-requests:${databaseId}`;
  const read = (): readonly SavedRequest[] => savedSchema.safeParse(storage.read(key)).data ?? [];
  let saved = read();
  const listeners = new Set<() => void>();
  const change = (next: (before: readonly SavedRequest[]) => readonly SavedRequest[]) => {
    saved = next(read()).slice(0, SAVED_MAX); // another tab may have changed them
    storage.write(key, saved);
    for (const notify of [...listeners]) notify();
  };
  return {
    get: () => saved,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    save: (request) =>
      change((before) =>
        before.some((one) => isSame(one.request, request))
          ? before
          : [{ id: createId(), label: labelOf(request.args), request }, ...before],
      ),
    remove: (id) => change((before) => before.filter((one) => one.id !== id)),
  };
}
