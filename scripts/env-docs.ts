import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { environmentSchema } from '../server/env.ts';

/**
 * Writes `.env.example` and the table between the markers of README.md from the schema; with `--check` fails when they
 * are not what it would write.
 */
const ROOT = path.resolve(import.meta.dirname, '..');
const MARKERS = { start: '<!-- env:start (npm run docs:env) -->', end: '<!-- env:end -->' };

const entries = Object.entries(environmentSchema.shape).map(([name, schema]) => ({
  name,
  description: schema.description ?? '',
  value: schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : '',
}));

const example = `# Every variable that Catwalk reads. None has to be set to try it. (npm run docs:env)\n${entries
  .map(({ name, description, value }) => `\n# ${description}\n#${name}=${value}\n`)
  .join('')}`;

const table = [
  '| variable | default | meaning |',
  '|---|---|---|',
  ...entries.map(({ name, value, description }) => `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${description} |`),
].join('\n');

function withTable(readme: string): string {
  const start = readme.indexOf(MARKERS.start);
  const end = readme.indexOf(MARKERS.end);
  if (start < 0 || end < start) throw new Error(`README.md lacks the markers ${MARKERS.start} and ${MARKERS.end}.`);
  return `${readme.slice(0, start)}${MARKERS.start}\n${table}\n${readme.slice(end)}`;
}

const files = [{ file: path.join(ROOT, '.env.example'), text: () => example }];
const readme = path.join(ROOT, 'README.md');
if (existsSync(readme)) files.push({ file: readme, text: () => withTable(readFileSync(readme, 'utf8')) });

for (const { file, text } of files) {
  if (process.argv.includes('--check')) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text()) continue;
    console.error(`${path.basename(file)} is out of date. Run \`npm run docs:env\` and commit the file.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text());
  }
}
