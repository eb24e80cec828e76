/**
 * `npm run arrows`: fails when a file imports from a room that no arrow leads to (scripts/arrows/rules.ts), or when
 * files import each other in a circle.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { checkArrows } from './arrows/check-arrows.ts';
import { findCycles } from './arrows/find-cycles.ts';
import { createImportGraph } from './arrows/import-graph.ts';
import { ROOMS } from './arrows/rules.ts';
import { listProjectFiles } from './project-files.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const files = listProjectFiles(ROOT).filter((file) => !file.startsWith('tests/fixtures/packages/'));
const sources = files.filter((file) => /\.(?:ts|tsx|mjs)$/.test(file));
const edges = createImportGraph(sources, (file) => readFileSync(path.join(ROOT, file), 'utf8'), manifest.imports);

const violations = checkArrows(edges, ROOMS, new Set(files));
for (const { from, line, message } of violations) console.error(`${from}:${line} ${message}.`);
const cycles = findCycles(edges);
for (const cycle of cycles) console.error(`These files import each other in a circle:\n  ${cycle.join('\n  ')}`);

if (violations.length + cycles.length > 0) process.exit(1);
console.log(`${edges.length} imports in ${sources.length} files follow the arrows.`);
