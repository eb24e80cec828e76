import type { ProcessRow } from '../child/process-table.ts';

/**
 * Processor time of a process and of everything below it, in milliseconds. What has ended is counted by its parent, unless
 * the parent left it behind. Null where there is no table, or the process is not in it.
 */
export const processorMsOf = (table: readonly ProcessRow[] | null, root: number): number | null => {
  const first = table?.find(({ pid }) => pid === root);
  if (table === null || first === undefined) return null;
  const below = new Map<number, ProcessRow[]>();
  for (const row of table) {
    const siblings = below.get(row.parent);
    if (siblings) siblings.push(row);
    else below.set(row.parent, [row]);
  }
  let sum = 0;
  const left = [first];
  for (let row = left.pop(); row !== undefined; row = left.pop()) {
    sum += row.processorMs;
    left.push(...(below.get(row.pid) ?? []));
    below.delete(row.pid);
  }
  return sum;
};
