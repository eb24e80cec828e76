import { HostFailureError } from '../failure.ts';
import { type Call, type Caller, ownCall } from './call.ts';
import type { Envelope } from './json-rpc.ts';

export type AwaitedCallDeps<C extends Caller> = {
  /** Sends the request; returns the id of the call at the child. */
  begin(call: Call<C>): number;
  /** Forgets a call whose answer is no longer awaited. */
  forget(id: number): void;
};

/**
 * A request of the bridge's own as the promise of its answer. Rejects with the failure of the child if the child ends
 * first, and with the signal's reason.
 */
export const awaitCall = <C extends Caller>(
  method: string,
  signal: AbortSignal,
  { begin, forget }: AwaitedCallDeps<C>,
): Promise<Envelope> =>
  new Promise((resolve, reject) => {
    const aborted = () => {
      forget(id);
      reject(signal.reason);
    };
    const settled = () => signal.removeEventListener('abort', aborted);
    const call = ownCall<C>(method, {
      onAnswer: (answer) => {
        settled();
        resolve(answer);
      },
      onLost: (failure) => {
        settled();
        reject(new HostFailureError(failure));
      },
    });
    const id = begin(call);
    signal.addEventListener('abort', aborted, { once: true });
  });
