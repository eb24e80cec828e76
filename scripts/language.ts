/**
 * Measures how the project writes, per top-level folder, and fails when a share is above its limit:
 *
 *   node scripts/language.ts               the shares, compared with scripts/language/limits.json
 *   node scripts/language.ts --list PATH   every finding under a folder or file, as file:line
 *   node scripts/language.ts --update      lowers each limit to what is measured; a limit never rises
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { HABIT_NAMES, HABITS, type Habit } from './language/habits.ts';
import { type Finding, type Measured, measureFiles } from './language/measure.ts';
import { listProjectFiles } from './project-files.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const LIMITS_FILE = path.join(ROOT, 'scripts/language/limits.json');

type Limits = Record<string, Record<Habit, number>>;

const { values } = parseArgs({ options: { list: { type: 'string' }, update: { type: 'boolean', default: false } } });
const { folders, findings } = measureFiles(listProjectFiles(ROOT), (file) =>
  readFileSync(path.join(ROOT, file), 'utf8'),
);

function printFindings(under: string): void {
  const prefix = path.normalize(under).replace(/\/$/, '');
  const isUnder = ({ file }: Finding) => prefix === '.' || file === prefix || file.startsWith(`${prefix}/`);
  for (const { file, line, habit, text } of findings.filter(isUnder)) {
    process.stdout.write(`${file}:${line}  ${habit}  ${text.replace(/\s+/g, ' ').slice(0, 140)}\n`);
  }
}

function readLimits(): Limits {
  return existsSync(LIMITS_FILE) ? (JSON.parse(readFileSync(LIMITS_FILE, 'utf8')) as Limits) : {};
}

/** A limit for a folder that has none yet is the goal. */
const limitOf = (limits: Limits, folder: string, habit: Habit) => limits[folder]?.[habit] ?? HABITS[habit].goal;

/** Shares are rounded up to a tenth of a percent, and a limit stops falling at the goal. */
const lowestLimit = (measured: Measured, habit: Habit) =>
  Math.max(HABITS[habit].goal, Math.ceil(measured[habit].share * 10) / 10);

function updateLimits(): void {
  const limits = readLimits();
  const isFirst = Object.keys(limits).length === 0;
  const lowered = [...folders].map(([folder, measured]) => [
    folder,
    Object.fromEntries(
      HABIT_NAMES.map((habit) => {
        const lowest = lowestLimit(measured, habit);
        return [habit, isFirst ? lowest : Math.min(limitOf(limits, folder, habit), lowest)];
      }),
    ),
  ]);
  writeFileSync(LIMITS_FILE, `${JSON.stringify(Object.fromEntries(lowered), null, 2)}\n`);
}

function checkLimits(): void {
  const limits = readLimits();
  let lowerable = 0;
  process.stdout.write(`${'folder'.padEnd(10)}${HABIT_NAMES.map((habit) => habit.padStart(28)).join('')}\n`);
  for (const [folder, measured] of folders) {
    const cells = HABIT_NAMES.map((habit) => {
      const limit = limitOf(limits, folder, habit);
      const { found, total, share } = measured[habit];
      const isAbove = share > limit;
      if (isAbove) process.exitCode = 1;
      if (lowestLimit(measured, habit) < limit) lowerable += 1;
      return `${found}/${total} ${share.toFixed(2)} % ${isAbove ? '>' : '≤'} ${limit} %`.padStart(28);
    });
    process.stdout.write(`${folder.padEnd(10)}${cells.join('')}\n`);
  }
  if (process.exitCode === 1) {
    process.stderr.write('A share is above its limit. List the findings: node scripts/language.ts --list FOLDER\n');
  } else if (lowerable > 0) {
    process.stderr.write(`${lowerable} limits can be lowered: node scripts/language.ts --update\n`);
  }
}

if (values.list !== undefined) printFindings(values.list);
else if (values.update) updateLimits();
else checkLimits();
