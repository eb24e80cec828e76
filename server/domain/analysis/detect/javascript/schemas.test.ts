import { expect, test } from 'vitest';
import { readCode } from '../code/code-file.ts';
import { detectJavaScriptSchemas } from './schemas.ts';

const detect = (...texts: string[]) =>
  detectJavaScriptSchemas(readCode({ files: texts.map((text, at) => ({ path: `src/${at}.ts`, text })) }).javascript);
const shown = (...texts: string[]) =>
  detect(...texts).map(({ name, requirement, kind, default: fallback }) =>
    [name, requirement, kind, fallback].filter(Boolean).join(' '),
  );

test.each([
  [
    'zod',
    'z.object({\n  A_KEY: z\n    .string()\n    .min(1),\n  A_LIMIT: z.coerce.number().default(10),\n}).parse(process.env)',
  ],
  [
    't3-env',
    'createEnv({ server: { A_KEY: z.string(), A_LIMIT: z.coerce.number().default(10) }, runtimeEnv: process.env })',
  ],
  ['znv', 'parseEnv(process.env, { A_KEY: z.string(), A_LIMIT: z.number().default(10) })'],
  ['envalid', 'cleanEnv(process.env, { A_KEY: str(), A_LIMIT: num({ default: 10 }) })'],
])('%s: keys of the schema are the variables', (_, text) => {
  expect(shown(text)).toEqual(['A_KEY HARD', 'A_LIMIT OPTIONAL NUMBER 10']);
});

test('the schema may lie in one file and be held against the environment in another', () => {
  const schema =
    'export const schema = z.object({ A_KEY: z.string().optional().describe("Your key"), plain: z.string() })';
  expect(detect(schema, 'schema.parse(process.env)')).toMatchObject([
    { name: 'A_KEY', requirement: 'OPTIONAL', description: 'Your key', evidence: { file: 'src/0.ts', line: 1 } },
  ]);
  expect(detect(schema)).toEqual([]);
});

test('ignores the input schema of a tool', () => {
  expect(detect('z.object({ GET: z.string(), query: z.string() }).parse(input); process.env.X_KEY')).toEqual([]);
});

test('yargs-parser reads every key of the settings under its prefix', () => {
  const options = 'const parserOptions = { envPrefix: "APP_MCP_" }';
  const schema = `const UserConfigSchema = z.object({
    connectionString: z.string().optional().describe("Where the data is"),
    readOnly: z.preprocess(parse, z.boolean()).default(false),
    maxTimeMS: z.coerce.number().optional(),
    mode: z.enum(["fast", "slow"]).default("fast"),
  })`;
  expect(shown(options, schema)).toEqual([
    'APP_MCP_CONNECTION_STRING OPTIONAL',
    'APP_MCP_READ_ONLY OPTIONAL BOOLEAN false',
    'APP_MCP_MAX_TIME_M_S OPTIONAL NUMBER',
    'APP_MCP_MODE OPTIONAL fast',
  ]);
  expect(detect(options, schema).at(-1)?.choices).toEqual(['fast', 'slow']);
  expect(detect(schema), 'without the prefix the keys name no variable').toEqual([]);
});

test('yargs with .env(prefix) reads its options from the environment', () => {
  const text = `yargs(hideBin(process.argv)).env('APP').option('api-key', { type: 'string', demandOption: true }).option('verbose', { type: 'boolean' })`;
  expect(shown(text)).toEqual(['APP_API_KEY LAZY', 'APP_VERBOSE OPTIONAL BOOLEAN']);
});
