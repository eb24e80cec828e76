import { type Launch, splitCommandLine } from './launch.ts';

const RUNNERS = /^(?:npx|bunx|uvx|pipx|docker|podman|pnpm|yarn|bun|uv|npm|node|deno|python3?|cmd)\b/;

/** `claude mcp add name [-e A=b] [--transport stdio] -- npx …`, as Claude Code, Codex and Gemini take it. */
function addCommand(words: string[]): Launch | null {
  const at = words.findIndex((word, index) => word === 'add' && words[index - 1] === 'mcp');
  if (at === -1) return null;
  const rest = words.slice(at + 1);
  const env: Launch['env'] = {};
  const flags: string[] = [];
  let name: string | null = null;
  let command: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    if (word === '--') {
      command = rest.slice(i + 1);
      break;
    }
    if (['-e', '--env'].includes(word)) {
      const [key = '', ...value] = (rest[++i] ?? '').split('=');
      env[key] = value.join('=');
    } else if (['-t', '--transport', '-s', '--scope', '-H', '--header', '--type'].includes(word))
      flags.push(word, rest[++i] ?? '');
    else if (word.startsWith('-')) flags.push(word);
    else if (name === null) name = word;
    else {
      command = rest.slice(i);
      break;
    }
  }
  // some clients take their own flags after the command
  const own = command.findIndex(
    (word, index) => word === '--env' && /^[A-Z][A-Z0-9_]*=/.test(command[index + 1] ?? ''),
  );
  if (own !== -1) {
    const [key = '', ...value] = (command[own + 1] ?? '').split('=');
    env[key] = value.join('=');
    command.splice(own, 2);
  }
  const [program, ...args] = command;
  if (!program) return null;
  if (/^https?:/.test(program)) return { name, command: null, args: [], env, url: program };
  return { name, command: program, args, env, url: null };
}

/** A shell line that starts a server: `NAME=value npx -y package --flag`. */
export function shellLaunch(line: string): Launch | null {
  const words = splitCommandLine(line.replace(/^\s*[$>]\s+/, '').replace(/\s+#.*$/, ''));
  const added = addCommand(words);
  if (added) return added;
  const env: Launch['env'] = {};
  let at = words[0] === 'env' ? 1 : 0;
  for (; at < words.length; at++) {
    const assigned = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(words[at] ?? '');
    if (!assigned?.[1]) break;
    env[assigned[1]] = assigned[2] ?? '';
  }
  const [command, ...args] = words.slice(at);
  if (!command || !RUNNERS.test(command) || args.some((word) => /^(?:&&|\|\||[|;<>])/.test(word))) return null;
  return { name: null, command, args, env, url: null };
}
