import type { Grant } from './access.ts';
import type { EndpointAnswer } from './answer.ts';

/** A request that is being answered; a stream may be so for hours. */
export interface OpenExchange {
  readonly deploymentId: string;
  readonly grant: Grant;
  /** Ends it now, with a reason the client can read where its answer has not begun. */
  end(reason: EndpointAnswer): void;
  /** Ends it cleanly if it only listens; a call under way goes on. */
  release(): void;
}

export type ExchangeCaps = { perDeployment: number; total: number };

export const DEFAULT_EXCHANGE_CAPS: ExchangeCaps = { perDeployment: 2_000, total: 20_000 };

/** Everything under way on this instance, by deployment: what caps count, and what a revocation ends. */
export function createOpenExchanges(caps: ExchangeCaps) {
  const open = new Map<string, Set<OpenExchange>>();
  let total = 0;
  let onEmpty = () => {};
  return {
    admits: (deploymentId: string): boolean =>
      total < caps.total && (open.get(deploymentId)?.size ?? 0) < caps.perDeployment,
    add: (exchange: OpenExchange): void => {
      let set = open.get(exchange.deploymentId);
      if (!set) {
        set = new Set();
        open.set(exchange.deploymentId, set);
      }
      set.add(exchange);
      total += 1;
    },
    remove: (exchange: OpenExchange): void => {
      const set = open.get(exchange.deploymentId);
      if (!set?.delete(exchange)) return;
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
