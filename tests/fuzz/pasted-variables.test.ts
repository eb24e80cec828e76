import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDotenv } from '../../client/src/features/deploy/dotenv.ts';
import { variablesIn } from '../../client/src/features/deploy/pasted-variables.ts';
import { FUZZ_TIMEOUT_MS, tries, wildText } from './property.ts';

const options = { timeout: FUZZ_TIMEOUT_MS };
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

test('whatever is pasted gives names that a variable can have, or none', options, () => {
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
        expect(variablesIn(text).pairs.every(({ value }) => typeof value === 'string')).toBe(true);
      },
    ),
    tries(),
  );
});

test('a client’s configuration gives back the variables of its servers', options, () => {
  const env = fc.dictionary(
    name,
    word.map((text) => `v${text}`),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(env, (variables) => {
      const text = JSON.stringify({ mcpServers: { one: { command: 'npx', args: [], env: variables } } });
      expect(variablesIn(text)).toEqual({
        servers: 1,
        pairs: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
      });
    }),
    tries(),
  );
});
