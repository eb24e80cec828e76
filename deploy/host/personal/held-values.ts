import { type CallerValues, type HeldRevision, PLATFORM_PRINCIPAL } from '../contract.ts';
import { ValuesWantedError } from './values-wanted.ts';

export type HeldValues = {
  /** Reports whether these are the values that the caller's children have or would get. */
  holds(held: HeldRevision): boolean;
  /**
   * Takes values in place of the caller's earlier ones, whose children end first. False if newer ones are held. Values
   * that are held already change nothing.
   */
  take(values: CallerValues): Promise<boolean>;
  /** Ends the children of callers who still have these values, and forgets the values. */
  forget(revisions: readonly HeldRevision[]): Promise<void>;
  /** Forgets the values of a caller whose last child has ended as it should. */
  release(principal: string): void;
  /** Variables for a child of the caller. Throws ValuesWantedError when they were forgotten. */
  variablesFor(principal: string): Record<string, string>;
  list(): HeldRevision[];
};

/** The callers' own values, in memory alone: from the first start of a child until the end of the last one. */
export const createHeldValues = (deps: {
  /** Ends all children of a caller; resolves when they are gone. */
  endChildren: (principal: string) => Promise<void>;
  /** Receives all secrets that are held, to keep them out of the log. */
  onSecrets: (secrets: readonly string[]) => void;
}): HeldValues => {
  const held = new Map<string, CallerValues>();
  /** Changes of one caller take turns. */
  const turns = new Map<string, Promise<unknown>>();

  const report = () => deps.onSecrets([...held.values()].flatMap(({ secrets }) => secrets));
  const drop = (principal: string) => {
    if (held.delete(principal)) report();
  };

  const inTurn = <T>(principal: string, change: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(principal) ?? Promise.resolve()).then(change, change);
    turns.set(principal, turn);
    const end = () => {
      if (turns.get(principal) === turn) turns.delete(principal);
    };
    turn.then(end, end);
    return turn;
  };

  return {
    holds: ({ principal, revision }) => held.get(principal)?.revision === revision,
    take: (values) =>
      inTurn(values.principal, async () => {
        const { principal, revision, at } = values;
        const before = held.get(principal);
        if (before?.revision === revision) return true;
        if (before !== undefined && before.at > at) return false;
        held.delete(principal); // nothing starts with them any more
        await deps.endChildren(principal);
        held.set(principal, values);
        report();
        return true;
      }),
    forget: async (revisions) => {
      await Promise.all(
        revisions.map(({ principal, revision }) =>
          inTurn(principal, async () => {
            if (held.get(principal)?.revision !== revision) return;
            held.delete(principal);
            await deps.endChildren(principal);
            report(); // the last lines of its children are redacted until here
          }),
        ),
      );
    },
    release: (principal) => {
      if (!turns.has(principal)) drop(principal);
    },
    variablesFor: (principal) => {
      const values = held.get(principal);
      if (values !== undefined) return values.env;
      if (principal === PLATFORM_PRINCIPAL) return {};
      throw new ValuesWantedError();
    },
    list: () => [...held.values()].map(({ principal, revision }) => ({ principal, revision })),
  };
};
