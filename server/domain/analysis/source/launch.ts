import npa from 'npm-package-arg';

/** One entry of an `mcpServers` block, a TOML table, or a command line: how somebody starts a server. */
export type Launch = {
  name: string | null;
  command: string | null;
  args: string[];
  /** Values are null where the writer names a variable without one. */
  env: Record<string, string | null>;
  url: string | null;
};

/** What a launch runs. `args` are those of the server itself, after its own name. */
export type LaunchTarget =
  | { kind: 'npm'; name: string; version: string | null; bin: string | null; args: string[] }
  | { kind: 'pypi'; name: string; version: string | null; bin: string | null; args: string[] }
  | { kind: 'git'; installer: 'npm' | 'pypi'; spec: string; bin: string | null; args: string[] }
  /** Without standard input, `docker run` starts something else: an HTTP mode, a database, a collector. */
  | { kind: 'oci'; image: string; env: string[]; args: string[]; hasInput: boolean }
  | { kind: 'remote'; url: string }
  /** A program that has to be on the computer already: a build of the checkout, a binary, a script. */
  | { kind: 'local'; command: string; args: string[] };

/** npm packages that start other servers, or look at them. */
const WRAPPERS = new Set([
  '@modelcontextprotocol/inspector',
  '@smithery/cli',
  'supergateway',
  'mcp-proxy',
  'dotenv-cli',
]);

const baseName = (command: string): string =>
  (command.split(/[\\/]/).at(-1) ?? command).replace(/\.(?:exe|cmd|ps1)$/i, '').toLowerCase();

/** Flags of a runner that take a value of their own. */
const RUNNER_VALUE_FLAGS: Record<string, ReadonlySet<string>> = {
  npx: new Set(['-p', '--package', '--registry', '-c', '--call', '--cache', '--prefix', '-w', '--workspace']),
  uvx: new Set(
    '--from --with --with-editable --python -p --index --default-index --index-url --extra-index-url --directory --project --refresh-package --link-mode --prerelease --index-strategy --native-tls-cert --env-file'.split(
      ' ',
    ),
  ),
  docker: new Set(
    '-e --env --env-file -v --volume --mount -p --publish --name --network --net -u --user -w --workdir --add-host --entrypoint --platform --memory -m --cpus --label -l --hostname -h --pull --log-driver --restart --gpus --shm-size --tmpfs --dns --cap-add --cap-drop --security-opt --ipc'.split(
      ' ',
    ),
  ),
};

type Words = { flags: { name: string; value: string | null }[]; rest: string[] };

/** A runner's own flags, up to the first word that is none. */
function takeFlags(runner: keyof typeof RUNNER_VALUE_FLAGS, words: readonly string[]): Words {
  const valued = RUNNER_VALUE_FLAGS[runner] ?? new Set<string>();
  const flags: Words['flags'] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-')) break;
    const equals = word.indexOf('=');
    if (equals > 0) flags.push({ name: word.slice(0, equals), value: word.slice(equals + 1) });
    else if (valued.has(word)) flags.push({ name: word, value: words[++at] ?? null });
    else flags.push({ name: word, value: null });
  }
  return { flags, rest: words.slice(at) };
}

const valuesOf = (words: Words, ...names: string[]): string[] =>
  words.flags.flatMap((flag) => (names.includes(flag.name) && flag.value !== null ? [flag.value] : []));

/** `name@version` as npm reads it; null for what is no package of a registry and no repository. */
export function npmTarget(spec: string, bin: string | null, args: string[]): LaunchTarget | null {
  try {
    const parsed = npa(spec);
    if (parsed.type === 'git') {
      const hosted = parsed.hosted;
      if (hosted?.type !== 'github') return null;
      return { kind: 'git', installer: 'npm', spec: parsed.saveSpec ?? parsed.rawSpec, bin, args };
    }
    if (!parsed.registry || !parsed.name) return null;
    const any = parsed.rawSpec === '' || parsed.rawSpec === '*';
    return { kind: 'npm', name: parsed.name, version: any ? null : parsed.rawSpec, bin, args };
  } catch {
    return null; // not a name npm would take
  }
}

const PYPI_SPEC = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?(?:(?:==|@)(.+))?$/;

/** `name[extra]==version` or `name@version`; a `git+https://…` repository. */
export function pypiTarget(spec: string, bin: string | null, args: string[]): LaunchTarget | null {
  if (spec.startsWith('git+')) return { kind: 'git', installer: 'pypi', spec, bin, args };
  const match = PYPI_SPEC.exec(spec);
  if (!match?.[1]) return null;
  const version = match[2] && match[2] !== 'latest' ? match[2] : null;
  return { kind: 'pypi', name: match[1], version, bin, args };
}

function npxTarget(words: readonly string[]): LaunchTarget | null {
  const taken = takeFlags('npx', words);
  const [named] = valuesOf(taken, '-p', '--package');
  const [first, ...rest] = taken.rest;
  if (named) return npmTarget(named, first ?? null, rest);
  return first === undefined ? null : npmTarget(first, null, rest);
}

function uvxTarget(words: readonly string[]): LaunchTarget | null {
  const taken = takeFlags('uvx', words);
  const [from] = valuesOf(taken, '--from');
  const [first, ...rest] = taken.rest;
  if (from) return pypiTarget(from, first ?? null, rest);
  return first === undefined ? null : pypiTarget(first, null, rest);
}

function dockerTarget(words: readonly string[]): LaunchTarget | null {
  const [verb, ...after] = words;
  if (verb !== 'run') return null;
  const taken = takeFlags('docker', after);
  const [image, ...args] = taken.rest;
  if (!image) return null;
  const env = valuesOf(taken, '-e', '--env').map((one) => one.split('=')[0] ?? one);
  const hasInput = taken.flags.some(({ name }) => name === '--interactive' || /^-[a-z]*i[a-z]*$/.test(name));
  return { kind: 'oci', image, env, args, hasInput };
}

/**
 * What a launch would run, read from its words alone; nothing is looked up and nothing is executed. Null when the
 * words name no server.
 */
export function targetOf(launch: Pick<Launch, 'command' | 'args' | 'url'>): LaunchTarget | null {
  if (launch.url) return { kind: 'remote', url: launch.url };
  if (!launch.command) return null;
  const [program = '', ...more] = launch.command.trim().split(/\s+/);
  const words = [...more, ...launch.args];
  const [first = '', ...rest] = words;
  const inner = (command: string, args: string[]) => targetOf({ command, args, url: null });

  switch (baseName(program)) {
    case 'cmd':
      return first.toLowerCase() === '/c' && rest[0] ? inner(rest[0], rest.slice(1)) : null;
    case 'env': {
      const at = words.findIndex((word) => !/^\w+=/.test(word));
      const command = words[at];
      return command === undefined ? null : inner(command, words.slice(at + 1));
    }
    case 'npx':
    case 'bunx':
      return unwrap(npxTarget(words));
    case 'npm':
      return first === 'exec' || first === 'x'
        ? unwrap(npxTarget(rest))
        : { kind: 'local', command: program, args: words };
    case 'pnpm':
    case 'yarn':
      return first === 'dlx' ? unwrap(npxTarget(rest)) : { kind: 'local', command: program, args: words };
    case 'bun':
      return first === 'x' ? unwrap(npxTarget(rest)) : { kind: 'local', command: program, args: words };
    case 'uvx':
      return uvxTarget(words);
    case 'uv':
      return first === 'tool' && rest[0] === 'run'
        ? uvxTarget(rest.slice(1))
        : { kind: 'local', command: program, args: words };
    case 'pipx':
      return first === 'run'
        ? uvxTarget(rest.map((word) => (word === '--spec' ? '--from' : word)))
        : { kind: 'local', command: program, args: words };
    case 'docker':
    case 'podman':
      return dockerTarget(words);
    default:
      return { kind: 'local', command: program, args: words };
  }
}

/** `mcp-remote URL` is a remote server; other wrappers say nothing about the server itself. */
function unwrap(target: LaunchTarget | null): LaunchTarget | null {
  if (target?.kind !== 'npm') return target;
  if (target.name === 'mcp-remote') {
    const url = target.args.find((word) => URL.canParse(word) && word.startsWith('http'));
    return url ? { kind: 'remote', url } : null;
  }
  return WRAPPERS.has(target.name) ? null : target;
}

/** A command line as people paste it; quotes group words, nothing is expanded. */
export function splitCommandLine(line: string): string[] {
  const words: string[] = [];
  const word = /(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))/g;
  for (const match of line.matchAll(word)) words.push(match[1] ?? match[2] ?? match[3] ?? '');
  return words;
}
