import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BOX_DATA, type Box } from '../box/box.ts';
import type { ChildCommand } from '../child/child-process.ts';
import { type ChildUser, prepareChildEnvironment } from '../child/environment.ts';
import type { HostConfig } from '../contract.ts';
import { imageCommand } from '../images/image-command.ts';
import { HOME_FOLDER, PACKAGE_FOLDER } from '../install/cache.ts';
import type { Program } from '../install/program.ts';
import { saveBeside } from '../kept/beside.ts';
import type { KeptFiles, KeptFolder } from '../kept/kept-files.ts';
import { prepareKept } from '../kept/prepare-kept.ts';
import { removeTree } from '../remove-tree.ts';

/** Workspaces without a process are kept for their owners up to this number and size; the longest unused goes first. */
const IDLE_MAX = 64;
const IDLE_BYTES_MAX = 2 * 1024 * 1024 * 1024;

/** The files that children of one owner work with: a copy of the package, HOME and TMPDIR. */
export type Workspace = {
  /** Null until it becomes a client's; the platform alone owns none. */
  owner: string | null;
  /** How the server is started in it. */
  readonly command: ChildCommand;
  /** A client other than the platform was served in it. */
  used: boolean;
  /** Processes that run in it. */
  children: number;
  lastUsed: number;
};

export type Workspaces = {
  /** The owner's workspace: its own, one without an owner, or a new one. */
  acquire(owner: string | null): Promise<Workspace>;
  /** The workspace of an owner; null when it has none of its own. */
  find(owner: string | null): Workspace | null;
  /** Decides whether a child that runs in `workspace` may serve `owner`. */
  mayServe(workspace: Workspace, owner: string | null): boolean;
  /** Removes the workspace of an owner that is gone; its processes have ended. */
  remove(workspace: Workspace): Promise<void>;
  /** Keeps what is to be kept of all workspaces; their processes have ended. */
  close(): Promise<void>;
};

export type WorkspacesDeps = {
  /** Workspaces are created in this folder. */
  folder: string;
  program: Program;
  config: Pick<HostConfig, 'args' | 'env' | 'files' | 'isolation'>;
  user: ChildUser | null;
  box: Box | null;
  /** Keeps HOME, and what servers write beside their code; null: both go with the workspace. */
  kept: KeptFiles | null;
  clock: () => number;
  log: (text: string) => void;
};

const foldersOf = (folder: string) => ({ home: join(folder, HOME_FOLDER), temporary: join(folder, 'tmp') });

/** Makes a copy of the package with a HOME and a TMPDIR, in a folder that does not exist yet. */
export const makeFiles = async (
  program: Pick<Program, 'copyInto'>,
  folder: string,
  user: ChildUser | null,
): Promise<void> => {
  await program.copyInto(folder);
  const { home, temporary } = foldersOf(folder);
  for (const path of [folder, home, temporary]) {
    // Where an installation left a link, what follows would change the place that it leads to.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    if (user) chownSync(path, user.uid, user.gid);
  }
};

/** How the server is started in such a folder. Writes FILE credentials into its HOME. */
export const commandIn = (
  program: Program,
  folder: string,
  config: Pick<HostConfig, 'args' | 'env' | 'files'>,
  { user, box }: { user: ChildUser | null; box: Box | null },
  kept: KeptFolder | null = null,
): ChildCommand => {
  const own = foldersOf(folder);
  // An image is installed for a box alone.
  if (program.image !== undefined && box !== null)
    return imageCommand(program.image, { folder, ...own, config, user, box, kept });
  const home = kept === null ? own.home : box === null ? kept.home : BOX_DATA;
  const credentials = join(own.home, '.credentials'); // gone with the machine, also where HOME stays
  const { command, args, commandFolders, needs } = program.launchIn(folder);
  const expand = (text: string): string => program.expand?.(text, folder) ?? text;
  const variables = Object.fromEntries(Object.entries(config.env).map(([name, value]) => [name, expand(value)]));
  const env = prepareChildEnvironment(
    { ...config, env: variables },
    { ...own, home, credentials, commands: commandFolders },
    user,
  );
  // A command is run where the user ran the host; a package works in its own folder.
  const cwd = program.hasCopies ? home : process.cwd();
  const words = config.args.map(expand);
  const start: ChildCommand = { command, args: [...args, ...words], cwd, env };
  if (box === null) return start;
  return box.wrap(start, {
    writable: program.hasCopies ? [folder] : [folder, cwd],
    ...(kept === null ? {} : { data: kept.home }),
    readable: needs,
    words: [...words, ...Object.values(variables)],
  });
};

export const createWorkspaces = (deps: WorkspacesDeps): Workspaces => {
  const { program, config, user } = deps;
  const folders = new Map<Workspace, string>();
  const making = new Map<string | null, Promise<Workspace>>();
  let made = 0;

  /** A session's files go with it, and a command works in the user's own folder. */
  const kept = program.hasCopies && config.isolation !== 'PER_SESSION' ? deps.kept : null;
  const keptOf = new Map<Workspace, KeptFolder>();

  const openKept = async (folder: string, owner: string | null): Promise<KeptFolder | null> => {
    if (kept === null) return null;
    const found = (owner === null ? null : kept.find(owner)) ?? kept.create();
    await prepareKept(found, { folder, ...foldersOf(folder), user });
    return found;
  };

  const make = async (owner: string | null): Promise<Workspace> => {
    made += 1;
    const folder = join(deps.folder, String(made));
    mkdirSync(deps.folder, { recursive: true, mode: 0o711 });
    await makeFiles(program, folder, user);
    const place = await openKept(folder, owner);
    let current = owner;
    const workspace: Workspace = {
      get owner() {
        return current;
      },
      set owner(next) {
        if (place !== null && next !== current) kept?.assign(place, next);
        current = next;
      },
      command: commandIn(program, folder, config, deps, place),
      used: false,
      children: 0,
      lastUsed: deps.clock(),
    };
    if (place !== null) {
      keptOf.set(workspace, place);
      if (owner !== null) kept?.assign(place, owner);
    }
    folders.set(workspace, folder);
    return workspace;
  };

  const keep = async (workspace: Workspace, folder: string): Promise<void> => {
    const place = keptOf.get(workspace);
    keptOf.delete(workspace);
    if (place === undefined) return;
    try {
      if (workspace.owner === null) return await kept?.discard(place);
      const tooMuch = await saveBeside(join(folder, PACKAGE_FOLDER), program.inventory, place.beside, user);
      if (tooMuch !== null) deps.log(tooMuch);
    } catch (error) {
      deps.log(`What the server wrote beside its code could not be kept: ${String(error)}`);
    }
  };

  const remove = async (workspace: Workspace): Promise<void> => {
    const folder = folders.get(workspace);
    if (folder === undefined || !program.hasCopies) return;
    folders.delete(workspace);
    await keep(workspace, folder);
    await removeTree(folder).catch((error: unknown) =>
      deps.log(`The files of a session could not be removed: ${String(error)}`),
    );
  };

  const removeIdle = async (): Promise<void> => {
    const idleMax = Math.min(IDLE_MAX, Math.max(2, Math.floor(IDLE_BYTES_MAX / Math.max(1, program.bytes))));
    const idle = [...folders.keys()].filter(({ children }) => children === 0);
    idle.sort((a, b) => a.lastUsed - b.lastUsed);
    await Promise.all(idle.slice(0, Math.max(0, idle.length - idleMax)).map(remove));
  };

  const find = (owner: string | null): Workspace | null =>
    [...folders.keys()].find((workspace) => workspace.owner === owner) ?? null;

  const newest = (): Workspace | null =>
    [...folders.keys()].reduce<Workspace | null>(
      (best, workspace) => (best === null || workspace.lastUsed > best.lastUsed ? workspace : best),
      null,
    );

  /** A workspace without an owner. The platform's child may run there: it leaves nothing that a caller must not see. */
  const findFree = (owner: string): Workspace | null => {
    if (kept?.find(owner)) return null; // it has files of its own
    const free = find(null);
    // A child of the platform would go on in the files of the session, which are to be that session's alone.
    return free && free.children > 0 && config.isolation === 'PER_SESSION' ? null : free;
  };

  const makeFor = (owner: string | null): Promise<Workspace> => {
    const start = removeIdle()
      .then(() => make(owner))
      .finally(() => making.delete(owner));
    making.set(owner, start);
    return start;
  };

  return {
    async acquire(caller) {
      // A command works in the user's own folder, with one HOME for all: there is nothing to keep apart.
      const owner = program.hasCopies ? caller : null;
      // The platform looks in with the files of the latest owner, whose next call then finds the process running.
      const wanted = owner ?? kept?.latestOwner() ?? null;
      const found = find(owner) ?? (await making.get(wanted)) ?? (owner === null ? newest() : findFree(owner));
      if (!found) return makeFor(wanted);
      found.owner ??= owner;
      found.lastUsed = deps.clock();
      return found;
    },
    find: (owner) => (owner === null || !program.hasCopies ? null : find(owner)),
    mayServe: (workspace, owner) =>
      !program.hasCopies ||
      owner === null ||
      (workspace.owner === null ? find(owner) === null && !kept?.find(owner) : workspace.owner === owner),
    remove,
    close: async () => {
      for (const [workspace, folder] of folders) await keep(workspace, folder);
    },
  };
};
