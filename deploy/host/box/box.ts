import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { ChildCommand } from '../child/child-process.ts';
import type { ChildUser } from '../child/environment.ts';
import { findOnPath } from '../find-on-path.ts';
import type { BoxSettings } from '../wall-contract.ts';
import { type BoxImage, hostNames, imageArguments, OWN_FOLDER, scratchArguments } from './image-files.ts';
import { namedPaths } from './named-paths.ts';
import { type OwnTool, ownTool } from './own-tools.ts';
import { seccompProgram } from './seccomp.ts';
import { isSystemPath, nodeFolders, systemArguments } from './system-files.ts';

/** Lists what a program in a box may see besides the system's own files. */
export type BoxAccess = {
  /** Folders that it may write, at the same place as outside. */
  writable: readonly string[];
  /** The folder that it finds as /data, and may write. */
  data?: string;
  /** Files and folders that it may read. Those of the system are there anyway. */
  readable?: readonly string[];
  /** The words of a person who may use this computer: files and folders that they name are writable. */
  words?: readonly string[];
  /** The files of an image stand in the place of the system's; nothing else of the computer can be seen. */
  image?: BoxImage;
};

/** A wall around the processes of one machine: files, processes, memory, users, and what they may ask of the kernel. */
export type Box = {
  /** The owner of all that programs in the box write; null for the host's own user. */
  user: ChildUser | null;
  /** Returns the command that starts `command` in the box. Its environment stays in the environment, out of sight. */
  wrap(command: ChildCommand, access: BoxAccess): ChildCommand;
};

/** The network of programs in a box: the command that enters it. In it names are looked up at 127.0.0.1. */
export type BoxNetwork = { readonly enter: readonly string[] };

/** The path at which a server in a box finds the files that it keeps. */
export const BOX_DATA = '/data';

const MEGABYTE = 1024 * 1024;
/** Stacks of threads and files that are mapped count too, where the limit is only on addresses (RLIMIT_DATA). */
const ADDRESS_SLACK_BYTES = 1024 * MEGABYTE;
const SHARED_MEMORY_BYTES = 64 * MEGABYTE;

/** The shell joins the control groups before anything else runs, then becomes bubblewrap. Descriptor 3 is the filter. */
const OUTSIDE = 'filter=$1; shift; while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; ';
const withFilter = `${OUTSIDE}exec "$@" 3<"$filter"`;
const withoutFilter = `${OUTSIDE}exec "$@"`;

/**
 * In the box, as its user, before the program: the working directory and the limits of each process. `-p` is the number
 * of processes in dash, `-u` in bash; the unit of `-f` is 512 bytes, as POSIX says.
 */
const INSIDE = [
  'cd "$1" && ulimit -c 0 && ulimit -n "$2" && ulimit -f "$3"',
  'if [ "$4" != 0 ]; then ulimit -p "$4" 2>/dev/null || ulimit -u "$4"; fi',
  'if [ "$5" != 0 ]; then ulimit -d "$5"; fi',
  'shift 5; exec "$@"',
].join('; ');

/** The variables of an image up to `--`, and then the program: a loader that read them before could be led astray by them. */
const WITH_VARIABLES = 'while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"';

/** bubblewrap makes the folders above a place for root alone: the user of the box must pass through them. */
const foldersAbove = (paths: readonly string[]): string[] => {
  const above = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) above.add(folder);
  return [...above]
    .filter((folder) => !isSystemPath(folder))
    .sort()
    .flatMap((folder) => ['--dir', folder]);
};

/** PATH names folders of the computer's user, which a box does not show, and programs need not know. */
const withVisiblePath = (env: Record<string, string>, visible: readonly string[]): Record<string, string> => {
  if (env['PATH'] === undefined) return env;
  const folders = env['PATH']
    .split(delimiter)
    .filter(
      (folder) => isSystemPath(folder) || visible.some((path) => folder === path || folder.startsWith(`${path}/`)),
    );
  return { ...env, PATH: [...new Set(folders)].join(delimiter) };
};

/** Programs look up the name and HOME of their user; without an entry some of them end. */
const accounts = (uid: number, gid: number) => ({
  passwd: `root:x:0:0:root:/nonexistent:/usr/sbin/nologin\ncatwalk:x:${uid}:${gid}:catwalk:/tmp:/usr/sbin/nologin\n`,
  group: `root:x:0:\ncatwalk:x:${gid}:\n`,
});

/** The settings by which programs in a network of its own find names: at the name server of the machine alone. */
const NAMES = {
  resolv: 'nameserver 127.0.0.1\noptions timeout:10 attempts:2\n',
  hosts: '127.0.0.1 localhost catwalk\n::1 localhost catwalk\n',
};

/** The shell of this computer, and for root the program that changes the user, for boxes with other files. */
const ownTools = (changesUser: boolean): [OwnTool, OwnTool | null] => {
  const shell = ownTool(realpathSync('/bin/sh'), OWN_FOLDER);
  if (!changesUser) return [shell, null];
  const [setter] = findOnPath('setpriv', '/usr/bin:/bin:/usr/sbin:/sbin');
  if (setter === undefined) throw new Error('setpriv was not found, which takes the rights of root away from servers.');
  return [shell, ownTool(setter, OWN_FOLDER)];
};

/**
 * Makes the box of one machine; `folder` takes the files that bubblewrap reads. Without a network of their own, programs
 * in it have that of the computer.
 */
export const createBox = (
  settings: BoxSettings,
  folder: string,
  networkOf: () => BoxNetwork | null = () => null,
): Box => {
  const { user, limits, controlGroups } = settings;
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  if (user === null && process.getuid?.() === 0) throw new TypeError('Root needs another user for a box.');
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const gid = user?.gid ?? process.getgid?.() ?? 0;
  const texts = accounts(uid, gid);
  const fileOf = (name: string) => join(folder, name);
  const files = { passwd: fileOf('passwd'), group: fileOf('group'), filter: fileOf('filter.bpf') };
  const names = { resolv: fileOf('resolv.conf'), hosts: fileOf('hosts') };
  writeFileSync(files.passwd, texts.passwd, { mode: 0o644 });
  writeFileSync(files.group, texts.group, { mode: 0o644 });
  if (settings.network !== null) {
    writeFileSync(names.resolv, NAMES.resolv, { mode: 0o644 });
    writeFileSync(names.hosts, NAMES.hosts, { mode: 0o644 });
  }
  const program = seccompProgram();
  if (program !== null) writeFileSync(files.filter, program, { mode: 0o600 });

  const namespaces = [
    ...['--die-with-parent', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--hostname', 'catwalk'],
    // Root needs no user namespace, and takes another user for good; the two rights for that are gone with root.
    ...(user === null
      ? ['--unshare-user', '--uid', String(uid), '--gid', String(gid), '--cap-drop', 'ALL']
      : ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID']),
  ];
  const volatile = [
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--perms', '1777', '--size', String(SHARED_MEMORY_BYTES), '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--size', String(limits.temporaryBytes), '--tmpfs', '/tmp'],
  ];
  const system = [
    ...systemArguments(),
    ...['--ro-bind', files.passwd, '/etc/passwd', '--ro-bind', files.group, '/etc/group'],
    ...volatile,
  ];
  const ownNames = ['--ro-bind', names.resolv, '/etc/resolv.conf', '--ro-bind', names.hosts, '/etc/hosts'];
  const change = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all', '--no-new-privs', '--'];
  const asUser = user === null ? [] : ['setpriv', ...change];
  const limited = [
    String(limits.descriptors),
    String(Math.ceil(limits.fileBytes / 512)),
    String(limits.processes ?? 0),
    // A control group counts what is really used, and needs no such guess.
    String(controlGroups.length > 0 ? 0 : Math.ceil((limits.memoryBytes + ADDRESS_SLACK_BYTES) / 1024)),
  ];

  /** Starts bubblewrap with these arguments, and in it these words. */
  const launch = (box: readonly string[], inside: readonly string[], env: Record<string, string>): ChildCommand => {
    const script = program === null ? withoutFilter : withFilter;
    const outside = ['-c', script, 'box', files.filter, ...controlGroups, '--'];
    const enter = networkOf()?.enter ?? [];
    const ending = ['--remount-ro', '/', '--chdir', '/', ...(program === null ? [] : ['--seccomp', '3'])];
    return {
      command: '/bin/sh',
      args: [...outside, ...enter, settings.bubblewrap, ...namespaces, ...box, ...ending, '--', ...inside],
      cwd: '/',
      env,
      boxed: true,
    };
  };

  const wrapImage = ({ command, args, cwd, env }: ChildCommand, image: BoxImage, data: string | undefined) => {
    const [shell, setter] = ownTools(user !== null);
    const { relay } = image;
    const node = relay === undefined ? null : ownTool(process.execPath, OWN_FOLDER);
    const accountFiles = { passwd: fileOf('image-passwd'), group: fileOf('image-group') };
    writeFileSync(accountFiles.passwd, image.accounts.passwd, { mode: 0o644 });
    writeFileSync(accountFiles.group, image.accounts.group, { mode: 0o644 });
    const box = [
      ...imageArguments(image.root, data === undefined ? [] : [BOX_DATA]),
      ...['--ro-bind', accountFiles.passwd, '/etc/passwd', '--ro-bind', accountFiles.group, '/etc/group'],
      ...(networkOf() === null ? hostNames() : ownNames),
      ...volatile,
      ...scratchArguments(image.root, limits.temporaryBytes),
      ...['--dir', OWN_FOLDER, '--dir', `${OWN_FOLDER}/bin`, '--dir', `${OWN_FOLDER}/lib`],
      // bubblewrap makes the folders above a place for root alone.
      ...image.binds.flatMap(({ inside }) => (inside.startsWith(`${OWN_FOLDER}/`) ? ['--dir', dirname(inside)] : [])),
      ...[shell, setter, node]
        .flatMap((tool) => tool?.files ?? [])
        .flatMap(({ outside, inside }) => ['--ro-bind', outside, inside]),
      ...(relay === undefined ? [] : ['--ro-bind', relay.files, relay.place]),
      ...(data === undefined ? [] : ['--bind', data, BOX_DATA]),
      ...image.binds.flatMap(({ outside, inside }) => ['--bind', outside, inside]),
    ];
    const changed = setter === null ? [] : [...setter.start, ...change];
    const inside = [...changed, ...shell.start, '-c', INSIDE, 'box', cwd, ...limited];
    // The relay does not get the variables of the image, which may speak to another Node.
    const relayed = node === null || relay === undefined ? [] : [...node.start, ...relay.args];
    const server = [...shell.start, '-c', WITH_VARIABLES, 'box', ...image.variables, '--', command, ...args];
    return launch(box, [...inside, ...relayed, ...server], env);
  };

  return {
    user,
    wrap: (start, { writable, data, readable = [], words = [], image }) => {
      if (image !== undefined) return wrapImage(start, image, data);
      const { command, args, cwd, env } = start;
      const named = settings.namedPaths ? namedPaths(words, settings.hidden) : { paths: [], hide: [] };
      const network = networkOf();
      const shown = readable.filter((path) => !isSystemPath(path));
      const box = [
        ...system,
        ...(network === null ? [] : ownNames),
        ...foldersAbove(named.paths),
        ...named.paths.flatMap((path) => ['--bind', path, path]),
        ...named.hide.flatMap((path) => ['--tmpfs', path]),
        ...foldersAbove([...nodeFolders(), ...shown, ...writable]),
        ...nodeFolders().flatMap((path) => ['--ro-bind', path, path]),
        ...shown.flatMap((path) => ['--ro-bind-try', path, path]),
        ...writable.flatMap((path) => ['--bind', path, path]),
        ...(data === undefined ? [] : ['--bind', data, BOX_DATA]),
      ];
      const inside = [...asUser, '/bin/sh', '-c', INSIDE, 'box', cwd, ...limited, command, ...args];
      return launch(box, inside, withVisiblePath(env, [...nodeFolders(), ...shown, ...writable, ...named.paths]));
    },
  };
};
