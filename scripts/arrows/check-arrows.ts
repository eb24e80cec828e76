import type { Edge } from './import-graph.ts';
import type { PackageRule, Room } from './room.ts';

export type Violation = { from: string; line: number; message: string };

const TEST_FILE = /\.(?:test|testing)\.tsx?$/;
const TEST_FOLDER = /^tests\/|\/(?:testing|fixtures|stand-ins)\//;
const isTest = (file: string) => TEST_FILE.test(file) || TEST_FOLDER.test(file);

/** The imports that no rule allows, each with the rule that refuses it. `files` are the files of the project. */
export function checkArrows(edges: readonly Edge[], rooms: readonly Room[], files: ReadonlySet<string>): Violation[] {
  return edges.flatMap((edge) => {
    const reason = refuse(edge, rooms, files);
    return reason === null ? [] : [{ from: edge.from, line: edge.line, message: `imports ${edge.to}: ${reason}` }];
  });
}

function refuse({ from, to }: Edge, rooms: readonly Room[], files: ReadonlySet<string>): string | null {
  if (isTest(from)) return null;
  const around = roomsAround(from, rooms);
  if (isPackage(to, files)) {
    const refusing = around.find(({ packages }) => packages !== undefined && !allowsPackage(packages, to));
    return refusing ? `${refusing.room} may not import this package, because ${refusing.because}` : null;
  }
  if (isTest(to) && !from.startsWith('bench/')) return 'only tests import test code';
  for (const [index, room] of around.entries()) {
    if (isIn(to, room.room)) return null;
    if (allowsFile(room, to)) return null;
    const outer = around[index + 1];
    const isJudgedByOuter = outer !== undefined && !isIn(to, outer.room);
    if (!isJudgedByOuter) return `no arrow leads there from ${room.room}, because ${room.because}`;
  }
  return null;
}

/** The rooms that a file belongs to, innermost first. */
const roomsAround = (file: string, rooms: readonly Room[]): Room[] =>
  rooms.filter(({ room }) => isIn(file, room)).sort((a, b) => b.room.length - a.room.length);

/** `name` is a file, a folder, or `folder/*` for the files that lie directly in it. */
function isIn(file: string, name: string): boolean {
  if (!name.endsWith('/*')) return file === name || file.startsWith(`${name}/`);
  const folder = name.slice(0, -1);
  return file.startsWith(folder) && !file.slice(folder.length).includes('/');
}

const allowsFile = ({ imports }: Room, file: string): boolean =>
  imports === 'anything' || imports.some((name) => isIn(file, name));

/** A file that git does not know, such as a generated one, is still a file when its path has a folder of the project. */
const isPackage = (target: string, files: ReadonlySet<string>): boolean =>
  !files.has(target) &&
  !/^(?:client|server|schema|prisma|deploy|scripts|tests|bench)\//.test(target) &&
  !target.endsWith('package.json');

function allowsPackage(rule: PackageRule, name: string): boolean {
  const matches = (pattern: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return 'only' in rule ? rule.only.some(matches) : !rule.not.some(matches);
}
