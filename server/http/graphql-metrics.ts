import { type ExecutionArgs, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

/** Called for each operation once it is answered; for a subscription once it is set up. */
export type ObserveOperation = (
  type: 'query' | 'mutation' | 'subscription',
  failed: boolean,
  milliseconds: number,
) => void;

/** Only the type tells operations apart: their names and texts are the callers'. */
export const observeOperations = (observe: ObserveOperation): Plugin => {
  const start = (args: ExecutionArgs) => {
    const startedAt = performance.now();
    const type = getOperationAST(args.document, args.operationName)?.operation ?? 'query';
    return (result: unknown) => {
      const failed = !isAsyncIterable(result) && hasErrors(result);
      observe(type, failed, performance.now() - startedAt);
    };
  };
  return {
    onExecute: ({ args }) => {
      const end = start(args);
      return { onExecuteDone: ({ result }) => end(result) };
    },
    onSubscribe: ({ args }) => {
      const end = start(args);
      return { onSubscribeResult: ({ result }) => end(result) };
    },
  };
};

const hasErrors = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'errors' in result && result.errors !== undefined;
