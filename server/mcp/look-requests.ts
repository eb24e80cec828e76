/** Between two looks at the machine of one deployment: each look that fails counts against its health. */
const PAUSE_MS = 10_000;
const KEPT_MAX = 10_000;

/** Requests a look at the machine of a deployment at once, and then at most once in ten seconds. */
export function createLookRequests(
  nowMs: () => number,
  look: (deploymentId: string) => void,
): (deploymentId: string) => void {
  const lookedAtMs = new Map<string, number>();
  return (deploymentId) => {
    const now = nowMs();
    const last = lookedAtMs.get(deploymentId);
    if (last !== undefined && now >= last && now - last < PAUSE_MS) return;
    lookedAtMs.delete(deploymentId); // the order of the map is that of the looks
    lookedAtMs.set(deploymentId, now);
    if (lookedAtMs.size > KEPT_MAX) for (const [oldest] of lookedAtMs) return void lookedAtMs.delete(oldest);
    look(deploymentId);
  };
}
