/** Does a read, or joins an equal one that was requested in the same turn of the event loop. */
export type ShareRead = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/**
 * One change wakes every subscriber in one turn of the event loop, and each reads again. Equal reads become one, which
 * begins only after all of them were requested, so a result is never older than its request. The key must contain
 * everything that the result depends on, including the caller.
 */
export function createSharedReads(): ShareRead {
  const waiting = new Map<string, Promise<unknown>>();
  return <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const joined = waiting.get(key);
    if (joined) return joined as Promise<T>; // the same key is always given the same kind of read
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.set(key, promise);
    setImmediate(() => {
      waiting.delete(key);
      read().then(resolve, reject);
    });
    return promise;
  };
}
