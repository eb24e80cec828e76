import { isRecord, isText, isTexts } from '../records.ts';

/** The part of an image's configuration (OCI image specification, "Image Configuration") that running it needs. */
export type ImageConfig = {
  entrypoint: string[];
  cmd: string[];
  /** In the order of the image; a name stands once. */
  env: Record<string, string>;
  /** `user`, `uid`, `user:group`; null: root. */
  user: string | null;
  workingDir: string;
  /** Folders that the image declares as places for data. */
  volumes: string[];
  /** `80/tcp` and their like. */
  ports: string[];
  labels: Record<string, string>;
};

/** No image has more; strangers write them. */
const ENTRIES_MAX = 500;

const textsOf = (value: unknown): string[] => (isTexts(value) ? value.slice(0, ENTRIES_MAX) : []);
const keysOf = (value: unknown): string[] => (isRecord(value) ? Object.keys(value).slice(0, ENTRIES_MAX) : []);

const variablesOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    textsOf(value).flatMap((entry) => {
      const at = entry.indexOf('=');
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : [];
    }),
  );

const labelsOf = (value: unknown): Record<string, string> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .slice(0, ENTRIES_MAX)
          .filter((entry): entry is [string, string] => isText(entry[1])),
      )
    : {};

/** An absolute path without detours; null for others. */
const cleanPath = (path: string): string | null =>
  path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..')
    ? `/${path
        .split('/')
        .filter((part) => part !== '' && part !== '.')
        .join('/')}`
    : null;

/** True if the user of an image is root: by name, by number, or by being left out. */
export const isRootUser = (user: string | null): boolean => user === null || /^(?:root|0+)(?::|$)/.test(user);

/** Reads the `config` of an image's configuration; parts that are missing or strange are left out. */
export const readImageConfig = (document: unknown): ImageConfig => {
  const config = isRecord(document) && isRecord(document['config']) ? document['config'] : {};
  const user = config['User'];
  const folder = config['WorkingDir'];
  return {
    entrypoint: textsOf(config['Entrypoint']),
    cmd: textsOf(config['Cmd']),
    env: variablesOf(config['Env']),
    user: isText(user) && user !== '' ? user : null,
    workingDir: (isText(folder) ? cleanPath(folder) : null) ?? '/',
    volumes: keysOf(config['Volumes']).flatMap((path) => cleanPath(path) ?? []),
    ports: keysOf(config['ExposedPorts']),
    labels: labelsOf(config['Labels']),
  };
};
