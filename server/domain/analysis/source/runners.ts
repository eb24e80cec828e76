import { type RunnerWords, splitCommandLine, takeFlags, valuesOf } from './command-words.ts';
import type { LaunchTarget } from './launch.ts';
import { npmTarget, pypiTarget } from './package-target.ts';

const flagSet = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Flags of the runners that take a value of their own. */
const NPX_VALUED = flagSet('-p --package --registry -c --call --cache --prefix -w --workspace --userconfig');
const UVX_VALUED = flagSet(
  '--from --with -w --with-editable --with-requirements --python -p --index --default-index --index-url -i --extra-index-url --find-links -f --directory --project --refresh-package --reinstall-package --upgrade-package -P --link-mode --prerelease --resolution --index-strategy --keyring-provider --exclude-newer --native-tls-cert --cache-dir --env-file --config-file --spec --pip-args',
);
const DOCKER_VALUED = flagSet(
  '-e --env --env-file -v --volume --mount -p --publish --name --network --net -u --user -w --workdir --add-host --entrypoint --platform --memory -m --cpus --label -l --hostname -h --pull --log-driver --restart --gpus --shm-size --tmpfs --dns --cap-add --cap-drop --security-opt --ipc',
);

/** `npx PKG ARGS`, `npx -p PKG CMD ARGS`; bunx, `pnpm dlx` and `yarn dlx` read the same words. */
export function npxTarget(words: readonly string[]): LaunchTarget | null {
  const taken = takeFlags(words, NPX_VALUED);
  const [first, ...rest] = taken.rest;
  const called = valuesOf(taken, '-c', '--call')[0];
  const packages = valuesOf(taken, '-p', '--package');
  if (called !== undefined) {
    const [command = null, ...args] = splitCommandLine(called);
    return packages[0] === undefined ? null : npmTarget(packages[0], command, args);
  }
  if (first === undefined) return null;
  const named = packages.map((one) => npmTarget(one, first, rest));
  // of several packages the command is usually that of the one with its name
  const own = named.find((target) => target?.kind === 'npm' && target.name.replace(/^@[^/]+\//, '') === first);
  if (packages.length > 0) return own ?? named[0] ?? null;
  return npmTarget(first, null, rest);
}

/** `npm exec PKG -- ARGS`: npm takes the two dashes for itself, npx hands them on. */
export const npmExecTarget = (words: readonly string[]): LaunchTarget | null => {
  const dashes = words.indexOf('--');
  const before = takeFlags(words, NPX_VALUED).rest;
  const isAfterPackage = dashes !== -1 && before.includes('--') && before[0] !== undefined;
  return npxTarget(isAfterPackage ? words.toSpliced(dashes, 1) : words);
};

function withPython(target: LaunchTarget | null, taken: RunnerWords): LaunchTarget | null {
  if (target?.kind !== 'pypi' && target?.kind !== 'git') return target;
  const more = valuesOf(taken, '--with', '-w').flatMap((one) => one.split(/,(?![^[]*\])/));
  const python = valuesOf(taken, '--python', '-p')[0] ?? null;
  return { ...target, with: more.map((one) => one.trim()).filter(Boolean), python };
}

/** `uvx PKG ARGS`, `uvx --from PKG CMD ARGS`; `pipx run` calls the flag `--spec`. */
export function uvxTarget(words: readonly string[]): LaunchTarget | null {
  const taken = takeFlags(words, UVX_VALUED);
  const [from] = valuesOf(taken, '--from', '--spec');
  const [first, ...rest] = taken.rest;
  if (from !== undefined) return withPython(pypiTarget(from, first ?? null, rest), taken);
  return first === undefined ? null : withPython(pypiTarget(first, null, rest), taken);
}

/** `uv run --with PKG CMD ARGS` needs no checkout: the command is that of the package. */
export function uvRunTarget(words: readonly string[]): LaunchTarget | null {
  const taken = takeFlags(words, UVX_VALUED);
  const [first, ...rest] = taken.rest;
  const [own, ...others] = valuesOf(taken, '--with', '-w').flatMap((one) => one.split(/,(?![^[]*\])/));
  const isProject = valuesOf(taken, '--directory', '--project').length > 0;
  if (own === undefined || first === undefined || isProject || /^python|\.py$|[\\/]/.test(first)) return null;
  const target = pypiTarget(own, first, rest);
  return target && { ...target, with: others, python: valuesOf(taken, '--python', '-p')[0] ?? null };
}

/** `type=volume,src=name,dst=/path` in the short form. */
const asVolume = (mount: string): string => {
  const parts = Object.fromEntries(mount.split(',').map((part) => part.split('=', 2))) as Record<string, string>;
  const from = parts['src'] ?? parts['source'] ?? '';
  const to = parts['dst'] ?? parts['destination'] ?? parts['target'] ?? '';
  return from === '' ? to : `${from}:${to}`;
};

export function dockerTarget(words: readonly string[]): LaunchTarget | null {
  const [verb, ...after] = words;
  if (verb !== 'run') return null;
  const taken = takeFlags(after, DOCKER_VALUED);
  const [image, ...args] = taken.rest;
  if (!image) return null;
  const values = Object.fromEntries(
    valuesOf(taken, '-e', '--env').map((one) => {
      const [name = '', ...value] = one.split('=');
      return [name, one.includes('=') ? value.join('=') : null] as const;
    }),
  );
  const hasInput = taken.flags.some(({ name }) => name === '--interactive' || /^-[a-z]{0,9}i[a-z]{0,9}$/.test(name));
  return {
    kind: 'oci',
    image,
    env: Object.keys(values),
    values,
    args,
    hasInput,
    entrypoint: valuesOf(taken, '--entrypoint')[0] ?? null,
    workingDir: valuesOf(taken, '-w', '--workdir')[0] ?? null,
    mounts: [...valuesOf(taken, '-v', '--volume'), ...valuesOf(taken, '--mount').map(asVolume)],
  };
}

/** `deno run -A npm:PKG ARGS` runs a package of npm. */
export function denoTarget(words: readonly string[]): LaunchTarget | null {
  const [verb, ...after] = words;
  const [first = '', ...rest] = takeFlags(after, new Set()).rest;
  return (verb === 'run' || verb === 'x') && first.startsWith('npm:') ? npmTarget(first.slice(4), null, rest) : null;
}
