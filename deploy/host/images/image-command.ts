import { join } from 'node:path';
import { BOX_DATA, type Box } from '../box/box.ts';
import { OWN_FOLDER } from '../box/image-files.ts';
import type { ChildCommand } from '../child/child-process.ts';
import { type ChildUser, prepareChildEnvironment } from '../child/environment.ts';
import type { HostConfig } from '../contract.ts';
import type { KeptFolder } from '../kept/kept-files.ts';
import type { HttpServing } from '../package-spec.ts';
import type { ImageConfig } from './image-config.ts';
import { type ImageOverrides, variablesOf, wordsOf } from './image-start.ts';
import { openVolumes } from './image-volumes.ts';
import { accountsFor } from './prepare-root.ts';

/** The relay in front of the server of a container image: Node is no part of the image, and neither is the relay. */
export type ImageRelay = {
  serving: HttpServing;
  /** The files that it consists of: one, or a folder. */
  files: string;
  /** Node's arguments; `place` is where the box shows `files`. */
  argsAt(place: string): string[];
};

/** An unpacked image, and how it is started. */
export type StartedImage = {
  root: string;
  config: ImageConfig;
  overrides: ImageOverrides;
  /** Places for data besides those that the image declares. */
  volumes: readonly string[];
  /** The server serves HTTP, and is reached through this. */
  relay?: ImageRelay;
};

/** The place of the workspace in a box with an image's files. */
const WORKSPACE = `${OWN_FOLDER}/workspace`;

/** Where a box shows the relay. */
const RELAY = `${OWN_FOLDER}/relay`;

/** Variables that the relay sets, whatever the image says. */
const portsOf = (relay: ImageRelay | undefined): string[] =>
  relay === undefined ? [] : ['PORT', ...(relay.serving.portVariables ?? []), ...(relay.serving.hostVariables ?? [])];

export type ImageCommandOptions = {
  /** The workspace, outside of the box. */
  folder: string;
  home: string;
  temporary: string;
  config: Pick<HostConfig, 'args' | 'env' | 'files'>;
  user: ChildUser | null;
  box: Box;
  kept: KeptFolder | null;
};

/**
 * Returns the command that starts the server of an image: with the image's files as its root, read-only, and its own HOME, TMPDIR and
 * volumes, which it may write. It runs as the user of the box, not as the one that the image names. Writes FILE credentials.
 */
export const imageCommand = (
  { root, config: image, overrides, volumes, relay }: StartedImage,
  { folder, home, temporary, config, user, box, kept }: ImageCommandOptions,
): ChildCommand => {
  const inside = (path: string): string => `${WORKSPACE}${path.slice(folder.length)}`;
  const place = kept === null ? inside(home) : BOX_DATA;
  const credentials = join(home, '.credentials'); // gone with the machine, also where HOME stays
  const {
    PATH: _path,
    LANG: _lang,
    ...prepared
  } = prepareChildEnvironment(config, { home: place, temporary: inside(temporary), credentials, commands: [] }, user);
  const own = Object.entries(prepared).map(([name, value]) => [
    name,
    value.startsWith(`${credentials}/`) ? inside(value) : value,
  ]);
  const chosen = config.env['LANG'];
  const env = Object.fromEntries(chosen === undefined ? own : [...own, ['LANG', chosen]]);
  const set = new Set([...Object.keys(env), ...portsOf(relay)]);
  const ids = user ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const [command = '', ...args] = wordsOf(image, overrides, config.args);
  const binds = openVolumes({
    root,
    paths: [...image.volumes, ...volumes],
    folder: join(kept === null ? folder : join(kept.home, '..'), 'volumes'),
    home: place,
    user,
  });
  return box.wrap(
    { command, args, cwd: overrides.workingDir ?? image.workingDir, env },
    {
      writable: [],
      ...(kept === null ? {} : { data: kept.home }),
      image: {
        root,
        accounts: accountsFor(root, { ...ids, home: place }),
        binds: [...[home, temporary].map((outside) => ({ outside, inside: inside(outside) })), ...binds],
        variables: Object.entries(variablesOf(image, set)).map(([name, value]) => `${name}=${value}`),
        ...(relay === undefined ? {} : { relay: { files: relay.files, place: RELAY, args: relay.argsAt(RELAY) } }),
      },
    },
  );
};
