import { expect, test } from 'vitest';
import { readCode } from '../../code/code-file.ts';
import { variablesOfFlags } from './flag-variables.ts';
import { treeOf } from './tree.ts';

const pairsIn = (text: string) =>
  [
    ...variablesOfFlags(
      readCode({ files: [{ path: 'index.js', text }] }).javascript.flatMap((file) => treeOf(file) ?? []),
    ),
  ]
    .map((pair) => pair.join(' '))
    .sort();

test.each([
  ['an option, then the variable', 'const t = options.apiKey || process.env.X_KEY;', ['apikey X_KEY']],
  [
    'the variable, then an option and a default',
    "const t = process.env.X_URL ?? argv['base-url'] ?? 'x';",
    ['baseurl X_URL'],
  ],
  ['a flag that is looked for', "const t = valueOf('--token') || process.env.X_TOKEN;", ['token X_TOKEN']],
  [
    'a name that holds what was looked for',
    "const given = process.argv.find((word) => word.startsWith('--token='))?.split('=')[1];\nconst t = given ?? process.env.X_TOKEN;",
    ['token X_TOKEN'],
  ],
  ['commander', "program.addOption(new Option('-t, --token <token>', 'text').env('X_TOKEN'));", ['token X_TOKEN']],
  ['oclif', "const flags = { token: Flags.string({ char: 't', env: 'X_TOKEN' }) };", ['token X_TOKEN']],
  [
    'parseArgs, taken apart',
    "const { values: { baseUrl, 'api-key': key } } = (0, util.parseArgs)({});\nconst a = baseUrl || process.env.X_URL;\nconst b = key ?? process.env.X_KEY;",
    ['apikey X_KEY', 'baseurl X_URL'],
  ],
  ['yargs', "yargs.option('apikey', { alias: 'k', default: process.env.X_KEY || '' });", ['apikey X_KEY']],
  ['a flag that is put into the variable', 'if (argv.token) process.env.X_TOKEN = argv.token;', ['token X_TOKEN']],
  ['two variables are a group, not a twin', 'options.token || process.env.A_TOKEN || process.env.B_TOKEN', []],
  ['both are needed: no twin', 'options.token && process.env.X_TOKEN', []],
  ['an object that is no command line', 'body.token || process.env.X_TOKEN', []],
])('finds the variable of a flag: %s', (_, text, expected) => expect(pairsIn(text)).toEqual(expected));
