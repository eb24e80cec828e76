import type { Grant } from './access.ts';
import type { Refusal } from './refusal.ts';

/** A request that is being answered; a stream may be so for hours. */
export interface OpenExchange {
  readonly deploymentId: string;
  /** The user whose share it takes. */
  readonly ownerId: string;
  /** The network of a caller of a public deployment; null for callers with a right of their own. */
  readonly network: string | null;
  readonly grant: Grant;
  /** Names the caller's own values under which it was let in; null where callers have none. */
  readonly state: string | null;
  /** Ends it now, with a reason the client can read where its answer has not begun. */
  end(reason: Refusal): void;
  /** Ends it cleanly if it only listens; a call under way goes on. */
  release(): void;
}

export type ExchangeCaps = {
  perDeployment: number;
  /** All deployments of one owner together. */
  perOwner: number;
  /** Callers of public deployments that share a network. */
  perNetwork: number;
  total: number;
};

export const DEFAULT_EXCHANGE_CAPS: ExchangeCaps = {
  perDeployment: 2_000,
  perOwner: 5_000,
  perNetwork: 200,
  total: 20_000,
};

type Taker = Pick<OpenExchange, 'deploymentId' | 'ownerId' | 'network'>;

const change = (counts: Map<string, number>, key: string, by: number): void => {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
};

/** Everything under way on this instance, by deployment: caps count it, and revocations end it. */
export function createOpenExchanges(caps: ExchangeCaps) {
  const open = new Map<string, Set<OpenExchange>>();
  const owners = new Map<string, number>();
  const networks = new Map<string, number>();
  let total = 0;
  let onEmpty = () => {};
  return {
    admits: ({ deploymentId, ownerId, network }: Taker): boolean =>
      total < caps.total &&
      (open.get(deploymentId)?.size ?? 0) < caps.perDeployment &&
      (owners.get(ownerId) ?? 0) < caps.perOwner &&
      (network === null || (networks.get(network) ?? 0) < caps.perNetwork),
    add: (exchange: OpenExchange): void => {
      let set = open.get(exchange.deploymentId);
      if (!set) {
        set = new Set();
        open.set(exchange.deploymentId, set);
      }
      set.add(exchange);
      change(owners, exchange.ownerId, 1);
      if (exchange.network !== null) change(networks, exchange.network, 1);
      total += 1;
    },
    remove: (exchange: OpenExchange): void => {
      const set = open.get(exchange.deploymentId);
      if (!set?.delete(exchange)) return;
      change(owners, exchange.ownerId, -1);
      if (exchange.network !== null) change(networks, exchange.network, -1);
      total -= 1;
      if (set.size === 0) open.delete(exchange.deploymentId);
      if (total === 0) onEmpty();
    },
    of: (deploymentId: string): OpenExchange[] => [...(open.get(deploymentId) ?? [])],
    deployments: (): string[] => [...open.keys()],
    all: (): OpenExchange[] => [...open.values()].flatMap((set) => [...set]),
    count: (): number => total,
    /** Resolves when nothing is under way, at the latest after so many milliseconds. */
    empty: async (msMax: number): Promise<void> => {
      if (total === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, msMax);
      onEmpty = resolve;
      await promise;
      clearTimeout(timer);
    },
  };
}

export type OpenExchanges = ReturnType<typeof createOpenExchanges>;
