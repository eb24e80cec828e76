import type { HostConfig } from './contract.ts';

/** Shorter values would blot out ordinary words. */
const SECRET_LENGTH_MIN = 4;
const UNMARKED_VALUE_LENGTH_MIN = 6;

const secretsOf = (config: HostConfig): string[] => [
  ...(config.secrets ?? Object.values(config.env).filter((value) => value.length >= UNMARKED_VALUE_LENGTH_MIN)),
  ...(config.files ?? []).map((file) => Buffer.from(file.contentBase64, 'base64').toString('utf8')),
  ...(config.token === undefined ? [] : [config.token]),
  ...(config.registries?.login == null ? [] : [config.registries.login.password]),
];

/** Shorter pieces of base64 stand in any text. */
const BASE64_CHARACTERS_MIN = 8;
/** The first character that holds nothing of what stands before, by where in a group of three bytes a text begins. */
const BASE64_FROM = [0, 2, 3] as const;

/** A secret within longer text that is base64, such as `user:password`: the characters that are its own alone. */
const base64ShapesOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return BASE64_FROM.flatMap((from, offset) => {
    const until = Math.floor(((offset + bytes.length) * 8) / 6);
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(from, until);
    return text.length < BASE64_CHARACTERS_MIN ? [] : [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
};

/** The shapes in which a program prints a secret: as it is, in JSON, in an address, in a Basic header. */
const shapesOf = (secret: string): string[] => {
  // Logs are redacted line by line, so each line of a key file counts as a secret of its own.
  const lines = secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SECRET_LENGTH_MIN);
  return lines.flatMap((line) => [
    line,
    JSON.stringify(line).slice(1, -1),
    encodeURIComponent(line.toWellFormed()),
    Buffer.from(line).toString('base64').replace(/=+$/, ''),
    ...base64ShapesOf(line),
  ]);
};

/**
 * Longer shapes are looked for piece by piece: a text that repeats the beginning of a long secret would otherwise be
 * compared with all of it at each of its characters.
 */
const PIECE_CHARACTERS_MAX = 128;

/** Pieces of about the same length: a short rest would be an ordinary word. */
const piecesOf = (shape: string): string[] => {
  const count = Math.ceil(shape.length / PIECE_CHARACTERS_MAX);
  const at = (index: number) => Math.round((index * shape.length) / count);
  return Array.from({ length: count }, (_, index) => shape.slice(at(index), at(index + 1)));
};

/** Takes the values of credentials out of text before it leaves the machine, those of callers (`more`) as well. */
export const createRedactor = (config: HostConfig, more: readonly string[] = []): ((text: string) => string) =>
  redactorOf([...secretsOf(config), ...more]);

/** Takes values out of text, in whichever of their shapes they stand there. */
export const redactorOf = (secrets: readonly string[]): ((text: string) => string) => {
  const shapes = [...new Set(secrets.flatMap(shapesOf).flatMap(piecesOf))].sort((a, b) => b.length - a.length);
  if (shapes.length === 0) return (text) => text;
  const anyShape = shapes.map((shape) => shape.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?:${anyShape})+`, 'g'); // pieces that follow one another are one secret
  return (text) => text.replace(pattern, '[redacted]');
};
