type Candidate = { key: string; deployable: boolean; blockIndex?: number | null };

/** True if a pasted block names several servers that can be deployed: they are deployed together. */
export const isBlockOfServers = (candidates: readonly Candidate[]): boolean =>
  new Set(candidates.filter(({ deployable }) => deployable).map(({ blockIndex }) => blockIndex ?? null)).size > 1;

/** Selects all servers of a block, since its owner runs them all; of other sources the first that can be deployed. */
export function selectedAtFirst(candidates: readonly Candidate[], isBlock: boolean): ReadonlySet<string> {
  const deployable = candidates.filter((one) => one.deployable);
  const first = deployable[0] ?? candidates[0];
  return new Set((isBlock ? deployable : first ? [first] : []).map(({ key }) => key));
}
