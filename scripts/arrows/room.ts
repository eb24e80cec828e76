/** One room of the architecture; see rules.ts. */
export type Room = {
  room: string;
  /** Rooms and files that it may import, or `anything`. */
  imports: readonly string[] | 'anything';
  /** Packages it may import; Node's own modules are packages. Every package when it is left out. */
  packages?: PackageRule;
  because: string;
};

export type PackageRule = { only: readonly string[] } | { not: readonly string[] };

/** The rooms inside one folder, named from there. */
export const inside = (folder: string, rooms: readonly Room[]): Room[] =>
  rooms.map(({ room, imports, ...rest }) => ({
    ...rest,
    room: `${folder}/${room}`,
    imports: imports === 'anything' ? imports : imports.map((name) => `${folder}/${name}`),
  }));

export const NODE = ['node:*'];
export const WEB_FRAMEWORKS = [
  'express',
  'graphql',
  'graphql-*',
  '@pothos/*',
  'helmet',
  'better-auth',
  'better-auth/*',
];
