import { expect, test } from 'vitest';
import { detectBuiltNames } from './built-names.ts';
import { readCode } from './code/code-file.ts';

const patterns = (text: string, path = 'index.js', known: string[] = []) =>
  detectBuiltNames(readCode({ files: [{ path, text }] }), known);

test.each([
  [
    'process.env[`ACME_ACCOUNT_${n}_TOKEN`]; process.env[`ACME_ACCOUNT_${n}_MAIL`]',
    ['ACME_ACCOUNT_<n>_MAIL', 'ACME_ACCOUNT_<n>_TOKEN'],
  ],
  ['process.env[`ACME_${account.name.toUpperCase()}`]', ['ACME_<name>']],
  ['process.env["ACME_" + profile + "_URL"]', ['ACME_<profile>_URL']],
  ['for (const [k, v] of Object.entries(process.env)) if (k.startsWith("ACME_DB_")) use(v);', ['ACME_DB_<name>']],
  ['process.env[name]; process.env[`${name}`]; process.env[a + b]', []],
  ['process.env[`VITE_${name}`]; path.startsWith("ACME_")', []],
])('reads %j', (text, expected) => expect(patterns(text)).toEqual(expected));

test('reads f-strings of Python', () => {
  const text = 'import os\ntoken = os.environ[f"ACME_{site.upper()}_TOKEN"]\nmail = os.getenv(f"ACME_{site}_MAIL")\n';
  expect(patterns(text, 'server.py')).toEqual(['ACME_<site>_MAIL', 'ACME_<site>_TOKEN']);
});

test('leaves out a pattern whose variables are known', () => {
  expect(patterns('process.env[`ACME_${key}`]', 'index.js', ['ACME_TOKEN'])).toEqual([]);
});
