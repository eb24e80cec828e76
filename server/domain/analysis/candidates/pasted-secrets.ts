import { asVariable } from '../detect/merge-arguments.ts';
import { isSecretName } from '../detect/variable-kinds.ts';
import type { ServerCandidate } from '../result.ts';
import type { Launch } from '../source/launch.ts';
import { parseSource } from '../source/parse-source.ts';
import { placeholdersIn, realValueOf } from '../source/placeholder.ts';
import { MASK, withoutSecrets } from '../source/stored.ts';
import { targetOf } from '../source/target.ts';
import { pastedVariables } from './pasted-environment.ts';
import { pastedValues } from './pasted-values.ts';

/** A header with a credential, in JSON, TOML or a command line; the value ends at its quote. */
const HEADER =
  /\b(?:authorization|cookie|x-[a-z-]{0,40}(?:key|token|secret))["']?\s{0,9}[:=]\s{0,9}["']?([^"'\n]{1,4000})/gi;
/** `docker run -e NAME=…`. */
const VARIABLE = /^([A-Z][A-Z0-9_]{0,200})=$/;
const FRAME = /^\s{0,9}(?:bearer|basic|token)\s{1,9}/i;

type Candidate = Pick<ServerCandidate, 'launch' | 'credentials' | 'arguments'>;
type Field = { name: string; kind: string };

const isHidden = ({ kind }: Field): boolean => kind === 'SECRET' || kind === 'FILE';

/** The parts of a command line that the stored text leaves out. */
function hiddenWords(args: readonly string[]): string[] {
  const stored = withoutSecrets(args);
  return args.flatMap((word, at) => {
    const kept = stored[at] ?? word;
    if (kept === word) return [];
    const frame = kept.endsWith(MASK) ? kept.slice(0, -MASK.length) : '';
    const [, variable] = VARIABLE.exec(frame) ?? [];
    if (variable !== undefined && !isSecretName(variable)) return [];
    return [word.startsWith(frame) ? word.slice(frame.length).trim() : word];
  });
}

const secretsOfLaunch = (launch: Launch): string[] => [
  ...Object.entries(pastedVariables(launch, targetOf(launch))).flatMap(([name, value]) =>
    value && isSecretName(asVariable(name)) ? [value] : [],
  ),
  ...hiddenWords(launch.args),
  ...Object.values(launch.headers ?? {}).flatMap((value) => (value === null ? [] : [value.replace(FRAME, '').trim()])),
  ...(launch.url && URL.canParse(launch.url)
    ? [new URL(launch.url).password, ...new URL(launch.url).searchParams.values()]
    : []),
];

/** Values of fields that are secret, by what the analysis found about them. */
function secretsOfFields(text: string, candidate: Candidate): string[] {
  const { credentials, arguments: args } = pastedValues(text, candidate);
  const hidden = (fields: readonly Field[]) => new Set(fields.filter(isHidden).map(({ name }) => name));
  const [variables, flags] = [hidden(candidate.credentials), hidden(candidate.arguments)];
  return [...credentials.filter(({ name }) => variables.has(name)), ...args.filter(({ name }) => flags.has(name))].map(
    ({ value }) => value,
  );
}

function launchesIn(text: string): Launch[] {
  try {
    const source = parseSource(text, { localPathsAllowed: true });
    return source.kind === 'snippet' ? source.launches : [];
  } catch {
    return []; // another text than the one that was analyzed
  }
}

/**
 * Returns the parts of a pasted text that may be secret, longest first, so that a client hides them and keeps the text as
 * it was typed. Nothing in a name or an address is secret, so only the values of launches are looked at.
 */
export function pastedSecrets(text: string, candidates: readonly Candidate[]): string[] {
  const launches = launchesIn(text);
  if (launches.length === 0) return [];
  const headers = [...text.matchAll(HEADER)].map((match) => (match[1] ?? '').replace(FRAME, '').trim());
  const found = [
    ...launches.flatMap(secretsOfLaunch),
    ...candidates.flatMap((candidate) => secretsOfFields(text, candidate)),
    ...headers,
  ].filter((part) => realValueOf(part) !== null && placeholdersIn(part).length === 0);
  return [...new Set(found)].sort((a, b) => b.length - a.length);
}
