import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CapabilityRequest } from '../../client/src/features/playground/capabilities.ts';
import { snippetsOf } from '../../client/src/features/playground/copy-as.ts';
import { openEndpoint, type TestEndpoint } from '../eras/endpoint.ts';

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** The programs that run the snippets; readers have them. */
const RUNNERS: Record<string, { file: string; command: string }> = {
  curl: { file: 'call.sh', command: 'sh' },
  typescript: { file: 'call.ts', command: process.execPath },
  python: { file: 'call.py', command: 'python3' },
};

const SCHEMA = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  required: ['region'],
};
const QUOTES = 'It’s "größer" than $HOME, `x` \\ and\nmore';

const REQUESTS: [string, CapabilityRequest, string][] = [
  ['a tool', { kind: 'tool', name: 'echo', template: false, args: { text: QUOTES } }, 'größer'],
  [
    'a prompt',
    { kind: 'prompt', name: 'test_prompt_with_arguments', template: false, args: { arg1: 'paris', arg2: 'x' } },
    'arg1=',
  ],
  ['a resource', { kind: 'resource', name: 'test://static-text', template: false, args: {} }, 'static text resource'],
  [
    'a parameter that a header repeats',
    { kind: 'tool', name: 'test_custom_header', template: false, args: { region: 'größe' } },
    'Matched.',
  ],
];

describe.each(['legacy', 'modern'] as const)('a request copied as code, at a server of the %s era', (build) => {
  let endpoint: TestEndpoint;
  let folder: string;
  beforeAll(async () => {
    endpoint = await openEndpoint(build);
    folder = await mkdtemp(path.join(tmpdir(), 'catwalk-snippets-'));
    await symlink(MODULES, path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  });
  afterAll(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(REQUESTS)('%s', (_name, request, expected) => {
    test.each(Object.keys(RUNNERS))('runs with %s', async (key) => {
      const { url, token } = endpoint.ann;
      const target = { databaseId: 'unused', url, isPublic: false, schema: SCHEMA };
      const code = snippetsOf(target, request).find((one) => one.key === key)?.code ?? '';
      expect(code).not.toContain(token);
      const runner = RUNNERS[key];
      const file = path.join(folder, runner?.file ?? '');
      await writeFile(file, code);
      const env = { ...process.env, MCP_TOKEN: token };
      const { stdout } = await run(runner?.command ?? '', [file], { env, cwd: folder, timeout: 60_000 });
      expect(stdout).toContain(expected);
    });
  });
});
