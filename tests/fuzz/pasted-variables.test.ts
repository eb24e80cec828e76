import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDotenv } from '../../client/src/features/deploy/dotenv.ts';
import { isUsable } from '../../server/domain/analysis/candidates/pasted-environment.ts';
import { pastedValues } from '../../server/domain/analysis/candidates/pasted-values.ts';
import { FUZZ_TIMEOUT_MS, tries, wildText } from './property.ts';

const options = { timeout: FUZZ_TIMEOUT_MS };
/** A candidate that was pasted as the first server of a block. */
const ONE = { launch: { index: 0, words: [], variables: {} } };
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/);
const word = fc.stringMatching(/^[A-Za-z0-9+/=:.@-]{1,40}$/);

test('an env file gives back the variables that were written into it', options, () => {
  const line = (key: string, value: string, style: number) =>
    [
      `${key}=${value}`,
      `export ${key}="${value}"`,
      `  ${key} = '${value}'  `,
      `"${key}": "${value}",`,
      `${key}=${value} # why`,
    ][style] ?? '';
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, word, fc.nat(4)), { selector: ([key]) => key }),
      fc.boolean(),
      (pairs, windows) => {
        const text = ['# a comment', '', ...pairs.map(([key, value, style]) => line(key, value, style))].join(
          windows ? '\r\n' : '\n',
        );
        expect(parseDotenv(text)).toEqual(pairs.map(([key, value]) => ({ name: key, value })));
      },
    ),
    tries(),
  );
});

test('reads only valid variable names from any pasted text', options, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        wildText(),
        fc.json(),
        fc.array(wildText()).map((lines) => lines.join('\n')),
      ),
      (text) => {
        const pairs = parseDotenv(text);
        for (const pair of pairs) expect(pair.name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
        expect(new Set(pairs.map((pair) => pair.name)).size).toBe(pairs.length);
        expect(pastedValues(text, ONE).credentials.every(({ value }) => typeof value === 'string')).toBe(true);
      },
    ),
    tries(),
  );
});

test(
  'a configuration gives back the variables of its server, except those that change how programs are loaded',
  options,
  () => {
    const env = fc.dictionary(
      name,
      word.map((text) => `v${text.replace(/\.{2,}/g, '.')}`), // with dots at its end it is a placeholder, as `sk-...` is
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(env, (variables) => {
        const text = JSON.stringify({ mcpServers: { one: { command: 'npx', args: ['-y', 'a-mcp'], env: variables } } });
        expect(pastedValues(text, ONE).credentials).toEqual(
          Object.entries(variables).flatMap(([key, value]) => (isUsable(key) ? [{ name: key, value }] : [])),
        );
      }),
      tries(),
    );
  },
);
