/** Does a read, or joins an equal one that was asked for in the same turn of the event loop. */
export type ShareRead = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/**
 * One change wakes every subscriber in one turn of the event loop, and each reads again. Equal reads become one, which
 * begins only after all of them were asked for: nobody is given an answer older than their question. The key must hold
 * everything that the answer depends on, who asks included.
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
