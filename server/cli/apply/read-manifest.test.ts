import { expect, test } from 'vitest';
import { CliFailure } from '../failure.ts';
import { parseManifest } from './read-manifest.ts';

const faultsOf = (text: string): { exitCode: number; fields: string[] } => {
  try {
    parseManifest(text, 'catwalk.yaml');
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    return { exitCode: error.exitCode, fields: error.fields.map(({ field, message }) => `${field}: ${message}`) };
  }
  throw new Error('the file was accepted');
};

test('reads deployments with defaults for what is left out', () => {
  const text =
    'version: 1\ndeployments:\n  a:\n    source: ./a\n    sleep: off\n    arguments: { times: 2, path: [/a, /b] }\n';
  expect(parseManifest(text, 'catwalk.yaml')).toEqual({
    version: 1,
    name: 'catwalk',
    deployments: { a: { source: './a', sleep: 'off', arguments: { times: '2', path: ['/a', '/b'] } } },
    bundles: {},
    absent: { deployments: [], bundles: [], views: [] },
  });
});

test.each([
  [
    'a secret',
    'version: 1\ndeployments:\n  a:\n    source: a\n    credentials:\n      KEY: abc\n',
    /^line 6: .*KEY: The file holds no secrets/,
  ],
  ['an unknown setting', 'version: 1\ndeployments:\n  a:\n    source: a\n    memroy: 5\n', /^line 5: .*memroy/],
  [
    'a wrong value',
    'version: 1\ndeployments:\n  a:\n    source: a\n    access: all\n',
    /^line 5: deployments\.a\.access/,
  ],
  ['a missing source', 'version: 1\ndeployments:\n  a:\n    memory: 5\n', /^line 3: deployments\.a\.source/],
  ['a key that is there twice', 'version: 1\nversion: 1\n', /^line 2: .*unique/],
  ['broken YAML', 'version: 1\ndeployments:\n  a: {\n', /^line \d/],
  [
    'a member without a deployment',
    'version: 1\nbundles:\n  w:\n    members:\n      - view: x\n',
    /^line 5: bundles\.w\.members\.0\.deployment/,
  ],
  [
    'a name that is described and absent',
    'version: 1\ndeployments:\n  a:\n    source: a\nabsent:\n  deployments: [a]\n',
    /^line 6: .*describes “a”, too/,
  ],
  ['another version of the format', 'version: 2\n', /^line 1: version/],
])('refuses %s at its line', (_what, text, expected) => {
  const { exitCode, fields } = faultsOf(text);
  expect(exitCode).toBe(2);
  expect(fields[0]).toMatch(expected);
});

test('refuses a file whose aliases multiply', () => {
  const lines = ['version: 1', 'a0: &a0 [x, x, x, x, x, x]'];
  for (let at = 1; at < 8; at++)
    lines.push(
      `a${at}: &a${at} [${Array(6)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
    );
  expect(() => parseManifest(lines.join('\n'), 'catwalk.yaml')).toThrow(/not valid YAML/);
});
