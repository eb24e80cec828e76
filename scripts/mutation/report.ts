import type { Result } from './results.ts';

export type FolderReport = { folder: string; mutants: number; results: Result[] };

/** Share of the mutants tried that the tests noticed, per folder, and every line that they did not notice. */
export function printReport(reports: readonly FolderReport[], print: (line: string) => void): void {
  for (const { folder, results } of reports) {
    const survivors = results.filter(({ outcome }) => outcome === 'survived');
    if (survivors.length > 0) print(`\nSurvived in ${folder}:`);
    for (const { file, line, before, after } of survivors) print(`  ${file}:${line}\n    - ${before}\n    + ${after}`);
  }
  print('\n| folder | mutants | tried | killed | timed out | survived | share killed |\n|---|---|---|---|---|---|---|');
  for (const { folder, mutants, results } of reports) {
    const countOf = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
    const share = results.length === 0 ? 'none' : `${(shareKilled(results) * 100).toFixed(1)} %`;
    const counts = [countOf('killed'), countOf('timeout'), countOf('survived')];
    print(`| ${folder} | ${mutants} | ${results.length} | ${counts.join(' | ')} | ${share} |`);
  }
}

export const shareKilled = (results: readonly Result[]): number =>
  results.length === 0 ? 1 : results.filter(({ outcome }) => outcome !== 'survived').length / results.length;
