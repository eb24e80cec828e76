/** Starts work once for all who wait for the same; those who come later start it again. */
export function createOnceUnderWay() {
  const underWay = new Map<string, Promise<void>>();
  return (key: string, start: () => Promise<void>): Promise<void> => {
    const running = underWay.get(key);
    if (running) return running;
    const started = start().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}
