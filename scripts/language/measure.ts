import { HABIT_NAMES, HABITS, type Habit, habitsOf } from './habits.ts';
import { readMarkdownProse, readPrismaProse, readStyleProse } from './plain-prose.ts';
import type { Prose } from './prose.ts';
import { readSourceProse } from './source-prose.ts';

export type Finding = { file: string; line: number; habit: Habit; text: string };
export type Measured = Record<Habit, { found: number; total: number; share: number }>;

/** Packages of other authors that are kept as test input, and the tests that show each habit on purpose. */
const EXCLUDED = /^tests\/fixtures\/packages\/|^scripts\/language\/.*\.test\.ts$/;
const ROOT_FOLDER = '(root)';
const TOTAL = 'all';

/** Measures each top-level folder, the files beside them, and all of it. Shares are percentages. */
export function measureFiles(files: string[], read: (file: string) => string) {
  const counts = new Map<string, Measured>();
  const findings: Finding[] = [];
  for (const file of files.filter((name) => !EXCLUDED.test(name)).sort()) {
    const source = read(file);
    for (const prose of readProse(file, source)) {
      const habits = habitsOf(prose);
      for (const folder of [folderOf(file), TOTAL]) count(counts, folder, prose, habits);
      for (const habit of habits) findings.push({ file, line: lineAt(source, prose.start), habit, text: prose.text });
    }
  }
  const folders = [...counts].sort(([a], [b]) => Number(a === TOTAL) - Number(b === TOTAL) || a.localeCompare(b));
  return { folders: new Map(folders), findings };
}

function count(counts: Map<string, Measured>, folder: string, prose: Prose, habits: Habit[]): void {
  const measured = counts.get(folder) ?? emptyMeasure();
  counts.set(folder, measured);
  for (const habit of HABIT_NAMES.filter((name) => HABITS[name].counts(prose))) {
    const cell = measured[habit];
    cell.total += 1;
    if (habits.includes(habit)) cell.found += 1;
    cell.share = (100 * cell.found) / cell.total;
  }
}

const lineAt = (source: string, offset: number) => source.slice(0, offset).split('\n').length;

const emptyMeasure = (): Measured => ({
  nounClauses: { found: 0, total: 0, share: 0 },
  words: { found: 0, total: 0, share: 0 },
  spelling: { found: 0, total: 0, share: 0 },
});

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? ROOT_FOLDER) : ROOT_FOLDER);

function readProse(file: string, source: string): Prose[] {
  if (/\.(?:ts|tsx|mts|cts|mjs|cjs|js)$/.test(file)) return readSourceProse(file, source);
  if (file.endsWith('.css')) return readStyleProse(source);
  if (file.endsWith('.prisma')) return readPrismaProse(source);
  if (file.endsWith('.md')) return readMarkdownProse(source);
  return [];
}
