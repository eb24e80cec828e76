import { splitCommandLine } from './command-words.ts';
import type { Launch } from './launch.ts';
import { headersInWords } from './remote-headers.ts';

const RUNNERS =
  /^(?:npx|bunx|pnpx|uvx|pipx|docker|podman|nerdctl|pnpm|yarn|bun|uv|npm|node|deno|python3?|cmd|cross-env|wsl|sh|bash)(?:\.exe|\.cmd)?$/;
/** Redirections, pipes and further commands; `<token>` is a placeholder. */
const CONTROL = /^(?:&&|\|\||[|;]|>|\d?>|<(?![\p{L}_][^<>]*>)|\d>&)/u;

/** Flags of `mcp add` that take a value, in Claude Code, Codex, Gemini and their like. */
const ADD_VALUED = new Set([
  '-t',
  '--transport',
  '-s',
  '--scope',
  '-H',
  '--header',
  '--type',
  '--timeout',
  '--description',
]);

type Assigned = { name: string; value: string };

function assignmentIn(word: string | undefined): Assigned | null {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word ?? '');
  return match?.[1] ? { name: match[1], value: match[2] ?? '' } : null;
}

/** `claude mcp add name [-e A=b] [--transport stdio] -- npx …`, as Claude Code, Codex and Gemini take it. */
function addCommand(words: string[]): Launch | null {
  const at = words.findIndex((word, index) => word === 'add' && words[index - 1] === 'mcp');
  if (at === -1) return null;
  const rest = words.slice(at + 1);
  const env: Launch['env'] = {};
  let name: string | null = null;
  let command: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    if (word === '--') {
      command = rest.slice(i + 1);
      break;
    }
    if (word === '-e' || word === '--env') {
      // Claude Code takes several variables after one flag
      for (let pair = assignmentIn(rest[i + 1]); pair; pair = assignmentIn(rest[i + 1])) {
        env[pair.name] = pair.value;
        i++;
      }
    } else if (/^(?:-e|--env)=/.test(word)) {
      const pair = assignmentIn(word.slice(word.indexOf('=') + 1));
      if (pair) env[pair.name] = pair.value;
    } else if (ADD_VALUED.has(word)) i++;
    else if (!word.startsWith('-')) {
      if (name === null) name = word;
      else {
        command = rest.slice(i);
        break;
      }
    }
  }
  // some clients take their own flags after the command
  if (!rest.includes('--')) {
    for (let own = command.indexOf('--env'); own !== -1; own = command.indexOf('--env')) {
      const pair = assignmentIn(command[own + 1]);
      if (!pair) break;
      env[pair.name] = pair.value;
      command = command.toSpliced(own, 2);
    }
  }
  const [program, ...args] = command;
  if (!program) return null;
  if (/^https?:/.test(program)) {
    const headers = headersInWords(rest);
    const given = Object.keys(headers).length > 0 ? { headers } : {};
    return { name, command: null, args: [], env, url: program, ...given };
  }
  return { name, command: program, args, env, url: null };
}

/** `export A=b &&`, `set A=b &&`, `$env:A="b";` and lines of their own before the command. */
const LEADING_ASSIGNMENT =
  /^\s{0,99}(?:export\s{1,99}|set\s{1,99}|\$env:)([A-Za-z_]\w{0,99})\s{0,9}=\s{0,9}("[^"\n]*"|'[^'\n]*'|[^\s;&]*)\s{0,99}?(?:&&|;|\n)\s{0,99}/;

/** A shell line that starts a server: `NAME=value npx -y package --flag`. Null for lines that start nothing known. */
export function shellLaunch(text: string): Launch | null {
  const env: Launch['env'] = {};
  let line = text.replace(/^\s*[$>]\s+/, '');
  for (let found = LEADING_ASSIGNMENT.exec(line); found; found = LEADING_ASSIGNMENT.exec(line)) {
    env[found[1] ?? ''] = splitCommandLine(found[2] ?? '')[0] ?? '';
    line = line.slice(found[0].length);
  }
  const words = splitCommandLine(line.replace(/\s#(?:\s.{0,4000})?$/, ''));
  const added = addCommand(words);
  if (added) return { ...added, env: { ...env, ...added.env } };
  let at = words[0] === 'env' ? 1 : 0;
  for (; at < words.length; at++) {
    const pair = assignmentIn(words[at]);
    if (!pair) break;
    env[pair.name] = pair.value;
  }
  const [command, ...args] = words.slice(at);
  if (!command || !RUNNERS.test(command.split(/[\\/]/).at(-1) ?? '') || args.some((word) => CONTROL.test(word)))
    return null;
  return { name: null, command, args, env, url: null };
}
