import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { schema } from './schema.ts';

/** Writes schema.graphql; with `--check` fails when the committed file is not what it would write. */
const FILE = new URL('./schema.graphql', import.meta.url);
const printed = `# Printed by \`npm run schema:print\`; not to be edited.\n\n${printSchema(schema)}\n`;

if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8')) !== printed) {
    console.error('schema/schema.graphql is out of date. Run `npm run schema:print` and commit the file.');
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, printed);
}
