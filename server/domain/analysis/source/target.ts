import { splitCommandLine, takeFlags } from './command-words.ts';
import type { Launch, LaunchTarget } from './launch.ts';
import { headersInWords } from './remote-headers.ts';
import { denoTarget, dockerTarget, npmExecTarget, npxTarget, uvRunTarget, uvxTarget } from './runners.ts';

/** npm packages that start other servers, or look at them. */
const WRAPPERS = new Set([
  '@modelcontextprotocol/inspector',
  '@smithery/cli',
  'supergateway',
  'mcp-proxy',
  'dotenv-cli',
]);

/** No launch has more. Each word may wrap the rest in another program, so this also bounds the recursion. */
const WORDS_MAX = 1_000;

const baseName = (command: string): string =>
  (command.split(/[\\/]/).at(-1) ?? command).replace(/\.(?:exe|cmd|ps1)$/i, '').toLowerCase();

const inner = (words: readonly string[]): LaunchTarget | null => {
  const [command, ...args] = words;
  return command === undefined ? null : targetOf({ command, args, url: null });
};

/** Words after a program that runs another program with them: `cmd /c`, `env A=b`, `sh -c "…"`; null for other programs. */
function innerWords(program: string, words: readonly string[]): readonly string[] | null {
  switch (program) {
    case 'cmd':
      return words[0]?.toLowerCase() === '/c' ? words.slice(1) : [];
    case 'env':
    case 'cross-env': {
      const at = words.findIndex((word) => !/^\w+=/.test(word));
      return at === -1 ? [] : words.slice(at);
    }
    case 'sh':
    case 'bash':
    case 'zsh': {
      const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
      return at === -1 ? null : splitCommandLine(words[at + 1] ?? '').filter((word, i) => i > 0 || word !== 'exec');
    }
    case 'wsl':
      return takeFlags(words, new Set(['-d', '--distribution'])).rest;
    default:
      return null;
  }
}

/** The target of a runner's words; null where the runner starts something of this computer. */
function runnerTarget(program: string, words: readonly string[]): LaunchTarget | null | undefined {
  const [first = '', ...rest] = words;
  switch (program) {
    case 'npx':
    case 'bunx':
    case 'pnpx':
      return npxTarget(words);
    case 'npm':
      return first === 'exec' || first === 'x' ? npmExecTarget(rest) : undefined;
    case 'pnpm':
    case 'yarn': {
      const at = words.indexOf('dlx');
      return at === -1 ? undefined : npxTarget([...words.slice(0, at), ...words.slice(at + 1)]);
    }
    case 'bun':
      return first === 'x' ? npxTarget(rest) : undefined;
    case 'deno':
      return denoTarget(words) ?? undefined;
    case 'uvx':
      return uvxTarget(words);
    case 'uv':
      if (first === 'tool' && rest[0] === 'run') return uvxTarget(rest.slice(1));
      return (first === 'run' ? uvRunTarget(rest) : null) ?? undefined;
    case 'pipx':
      return first === 'run' ? uvxTarget(rest) : undefined;
    case 'docker':
    case 'podman':
    case 'nerdctl':
      return dockerTarget(words);
    default:
      return undefined;
  }
}

/**
 * The thing that a launch would run, read from its words alone: nothing is looked up and nothing is executed. Null when
 * the words name no server.
 */
export function targetOf(launch: Pick<Launch, 'command' | 'args' | 'url' | 'headers'>): LaunchTarget | null {
  if (launch.url) return { kind: 'remote', url: launch.url, ...(launch.headers ? { headers: launch.headers } : {}) };
  if (!launch.command) return null;
  const [program = '', ...more] = launch.command.trim().split(/\s+/);
  const words = [...more, ...launch.args];
  if (words.length > WORDS_MAX) return null;
  const name = baseName(program);
  const wrapped = innerWords(name, words);
  if (wrapped) return inner(wrapped);
  const target = runnerTarget(name, words);
  return target === undefined ? { kind: 'local', command: program, args: words } : unwrap(target);
}

/** `mcp-remote URL` is a remote server; other wrappers say nothing about the server itself. */
function unwrap(target: LaunchTarget | null): LaunchTarget | null {
  if (target?.kind !== 'npm') return target;
  if (target.name === 'mcp-remote') {
    const url = target.args.find((word) => URL.canParse(word) && word.startsWith('http'));
    const headers = headersInWords(target.args);
    return url ? { kind: 'remote', url, ...(Object.keys(headers).length > 0 ? { headers } : {}) } : null;
  }
  return WRAPPERS.has(target.name) ? null : target;
}
