import { type FileSet, lineAt } from '../file-set.ts';
import { type EnvFinding, evidenceOf } from './finding.ts';

const READ = /\bos\.(?:Getenv|LookupEnv)\(\s*"([A-Z][A-Z0-9_]{1,79})"\s*\)/g;
const PREFIX = /viper\.SetEnvPrefix\(\s*"([^"]+)"\s*\)/;
const BOUND = /viper\.BindPFlag\(\s*"([^"]+)"/g;
const GOT = /viper\.(?:Get\w*|IsSet|UnmarshalKey)\(\s*"([^"]+)"/g;
const EXPLICIT = /viper\.BindEnv\(\s*"[^"]+"\s*,\s*"([A-Z][A-Z0-9_]+)"/g;
/** clap in Rust: `#[arg(long, env = "X")]`; `std::env::var("X")` */
const RUST = /\benv\s*=\s*"([A-Z][A-Z0-9_]{1,79})"|\benv::var(?:_os)?\(\s*"([A-Z][A-Z0-9_]{1,79})"/g;

/** Environment reads in Go, through viper too, and in Rust. */
export function detectCompiledEnv(set: FileSet): EnvFinding[] {
  const go = set.files.filter((file) => file.path.endsWith('.go'));
  const prefix = go.map((file) => PREFIX.exec(file.text)?.[1]).find((found) => found !== undefined);
  const named = (file: { path: string; text: string }, pattern: RegExp, name: (key: string) => string): EnvFinding[] =>
    [...file.text.matchAll(pattern)].map((match) => ({
      name: name(match[1] ?? match[2] ?? ''),
      evidence: evidenceOf('SOURCE_CODE', file.path, lineAt(file.text, match.index)),
    }));
  const asIs = (key: string) => key;
  const behindPrefix = (key: string) => `${prefix}_${key}`.replace(/[-.]/g, '_').toUpperCase();
  return [
    ...go.flatMap((file) => [
      ...named(file, READ, asIs),
      ...named(file, EXPLICIT, asIs),
      ...(prefix ? [...named(file, BOUND, behindPrefix), ...named(file, GOT, behindPrefix)] : []),
    ]),
    ...set.files.filter((file) => file.path.endsWith('.rs')).flatMap((file) => named(file, RUST, asIs)),
  ];
}
