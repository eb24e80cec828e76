import { type Envelope, scan } from '../bridge/json-rpc.ts';
import type { Catalog } from './catalog.ts';
import type { ListMethod } from './shown-list.ts';
import type { ViewFilterDeps } from './view-filter-deps.ts';

const KINDS = [
  { method: 'notifications/tools/list_changed', lists: ['tools/list'] },
  { method: 'notifications/prompts/list_changed', lists: ['prompts/list'] },
  { method: 'notifications/resources/list_changed', lists: ['resources/list', 'resources/templates/list'] },
] as const satisfies { method: string; lists: ListMethod[] }[];
type Kind = (typeof KINDS)[number];

export type ListChanges = {
  /** Clients may have read lists from now on: changes are held against these. */
  begin(): void;
  /** The child says that a list has changed; passed on only if clients of the view would see another one. */
  announced(notification: Envelope): void;
  /** The rules have changed: says so of each list that clients would see differently. */
  compare(): void;
};

/** Finds out whether a change of a list is one that clients of a view may notice. */
export const createListChanges = (
  deps: Pick<ViewFilterDeps, 'view' | 'deliver' | 'subscriptions' | 'isModern'> & { catalog: Catalog },
): ListChanges => {
  const { catalog } = deps;
  /** Digests of the lists of a kind as clients saw them when they were last read. */
  const seen = new Map<Kind, string>();
  const waiting = new Map<Kind, Envelope[]>();
  let begun = false;

  const digest = (kind: Kind) => catalog.digestOf(deps.view(), kind.lists);

  const remember = (kind: Kind): boolean => {
    const now = digest(kind);
    const before = seen.get(kind);
    if (now !== null) seen.set(kind, now);
    return before === undefined || before !== now;
  };

  const readAgain = async (kind: Kind): Promise<void> => {
    for (;;) {
      const count = waiting.get(kind)?.length ?? 0;
      await Promise.all(kind.lists.map((list) => catalog.refresh(list)));
      if (waiting.get(kind)?.length === count) break; // nothing was said while the list was read
    }
    // One for each subscription, so that the number of them does not tell of changes that are hidden.
    const messages = new Map((waiting.get(kind) ?? []).map((message) => [message.text, message]));
    waiting.delete(kind);
    if (remember(kind)) for (const message of messages.values()) deps.deliver(message);
  };

  /** One for each subscription in the modern era, whose ids the child knows. */
  const announce = ({ method }: Kind) => {
    const params = deps.isModern()
      ? deps.subscriptions().map((id) => `,"params":{"_meta":{"io.modelcontextprotocol/subscriptionId":${id}}}`)
      : [''];
    for (const one of params) {
      const message = scan(`{"jsonrpc":"2.0","method":"${method}"${one}}`);
      if (message) deps.deliver(message);
    }
  };

  return {
    begin() {
      if (begun) return;
      begun = true;
      for (const kind of KINDS)
        void Promise.all(kind.lists.map((list) => catalog.ensure(list))).then(() => {
          if (!seen.has(kind)) remember(kind);
        });
    },
    announced(notification) {
      const kind = KINDS.find(({ method }) => method === notification.method);
      if (kind === undefined) return; // no notification of the protocol
      const held = waiting.get(kind);
      if (held) held.push(notification);
      else {
        waiting.set(kind, [notification]);
        void readAgain(kind);
      }
    },
    compare() {
      for (const kind of KINDS) if (begun && digest(kind) !== null && remember(kind)) announce(kind);
    },
  };
};
