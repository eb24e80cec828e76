import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnalysisTools } from '../../../compose/analysis-tools.ts';
import { analyzeSource } from '../analyze.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import type { Suggestion } from '../registries/suggestion.ts';
import { parseSource } from '../source/parse-source.ts';
import { SuggestionsFound } from './suggest.ts';

let npm: NpmStandIn;
let dataDir: string;
const asked: string[] = [];
const listed: Suggestion = {
  source: 'io.github.example/notes',
  name: 'Notes',
  description: 'Takes notes.',
  origin: 'MCP_REGISTRY',
};

beforeAll(async () => {
  npm = await startNpmStandIn();
  dataDir = await mkdtemp(join(tmpdir(), 'catwalk-suggest-'));
  npm.publish({ name: 'notes-mcp', version: '1.0.0', description: 'Notes over MCP.', keywords: ['mcp'] }, {});
  npm.publish({ name: 'notes', version: '1.0.0', description: 'Notes in a terminal.' }, {});
});
afterAll(async () => {
  await npm.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function outcomeOf(text: string, search: (words: string) => Promise<Suggestion[]> = async () => [listed]) {
  const { tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(dataDir, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: 'http://127.0.0.1:9',
    githubToken: null,
    pypiUrl: 'http://127.0.0.1:9',
    mcpRegistryUrl: 'http://127.0.0.1:9',
    registryMirror: {
      findServer: async () => null,
      findByRepository: async () => [],
      search: (words) => {
        asked.push(words);
        return search(words);
      },
    },
    dataDir,
    now: () => new Date(),
  });
  try {
    const source = parseSource(text, { localPathsAllowed: false });
    return await analyzeSource(source, tools, async () => {}, new AbortController().signal).catch((error) => error);
  } finally {
    await close();
  }
}

test.each(['Notes', 'notes mcp server', 'notes-mcp-server'])(
  'offers for %j what the copy of the MCP registry and npm have, and no packages that are not for MCP',
  async (text) => {
    const failure = await outcomeOf(text);
    expect(failure).toBeInstanceOf(SuggestionsFound);
    expect(failure).toMatchObject({
      code: 'PACKAGE_NOT_FOUND',
      hint: 'Did you mean io.github.example/notes, notes-mcp?',
      suggestions: [listed, { source: 'notes-mcp', name: 'notes-mcp', description: 'Notes over MCP.', origin: 'NPM' }],
    });
    // words that every server has would find every server
    expect(asked.at(-1)?.toLowerCase()).toBe('notes');
  },
);

test('offers what one list has when the other does not answer', async () => {
  const failure = await outcomeOf('Notes', () => Promise.reject(new Error('The copy is away.')));
  expect(failure).toMatchObject({ suggestions: [{ source: 'notes-mcp' }] });
});

test('says that nothing has the name when nothing is found', async () => {
  const failure = await outcomeOf('Zzzz mcp', async () => []);
  expect(failure).toMatchObject({
    message: '“Zzzz mcp” is not the name of a package.',
    hint: expect.stringContaining('Paste a GitHub URL'),
    suggestions: [],
  });
});

test('offers servers beside a package of this name that is none', async () => {
  const { result } = await outcomeOf('notes');
  expect(result).toMatchObject({
    candidates: [{ package: 'notes', verdict: 'NOT_MCP', deployable: false }],
    suggestions: [listed, { source: 'notes-mcp' }],
  });
});
