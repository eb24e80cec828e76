/** The program of linear-time.integration.test.ts: it gives one target a megabyte of one token. */
import { readRepository } from '../repository/read-repository.ts';
import { launchesInJson, launchesInToml } from '../source/client-config.ts';
import { splitCommandLine } from '../source/command-words.ts';
import { parseSource } from '../source/parse-source.ts';
import { storedSource } from '../source/stored.ts';

const TEXT_CHARACTERS = 1_000_000;
/** A larger script counts as a bundle, for which no syntax tree is made. Numbers in tokens make the text longer. */
const PARSED_CHARACTERS = 250_000;

/** A token that is repeated, between a beginning and an end. `#` behind a letter becomes a number: each is new. */
export type Token = string | { begin?: string; repeat: string; end?: string };

function textOf(token: Token, characters: number): string {
  const { begin = '', repeat, end = '' } = typeof token === 'string' ? { repeat: token } : token;
  const parts: string[] = [];
  for (let length = 0; length < characters; length += repeat.length) {
    parts.push(/[a-zA-Z]#/.test(repeat) ? repeat.replaceAll('#', String(parts.length)) : repeat);
  }
  return begin + parts.join('') + end;
}

const MANIFEST = {
  path: 'package.json',
  text: '{"name":"a-mcp","bin":"index.js","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
};

/** A repository of a server that has this file too, read by all detectors. */
function readFile(path: string, text: string): void {
  const files = path === MANIFEST.path ? [{ path, text }] : [MANIFEST, { path, text }];
  readRepository({ owner: 'o', repo: 'a-mcp', subfolder: null, files: { files, paths: [path], truncated: false } });
}

const PARSERS: Record<string, (text: string) => unknown> = {
  'a pasted source': (text) => {
    try {
      const pasted = text.slice(0, 65_536);
      storedSource(parseSource(pasted, { localPathsAllowed: true }), pasted);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UserError') throw error;
    }
  },
  'a command line': splitCommandLine,
  'settings of a client in JSON': launchesInJson,
  'settings of a client in TOML': launchesInToml,
};

const PARSED = 'a script with a syntax tree';

process.on('message', ({ name, input }: { name: string; input: [Token] }) => {
  try {
    const parse = PARSERS[name] ?? ((text: string) => readFile(name === PARSED ? 'index.js' : name, text));
    parse(textOf(input[0], name === PARSED ? PARSED_CHARACTERS : TEXT_CHARACTERS));
    process.send?.({ value: null });
  } catch (error) {
    process.send?.({ thrown: error instanceof Error ? error.stack : String(error) });
  }
});
process.on('disconnect', () => process.exit());
