import type { ArgumentField } from '../result.ts';
import type { ArgumentFinding } from './finding.ts';
import { isAdvancedName, isSecretName, labelOf, scopeOfName } from './variable-kinds.ts';

const EVIDENCE_MAX = 4;
/** No form has more; a document that names more is no document. */
const FIELDS_MAX = 300;
/** `--api-key` and `apiKey` as a variable would be called: API_KEY. */
export const asVariable = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase();

/** `--list-tools`: List all tools and exit. */
const PRINTS_AND_ENDS = /\band (?:then )?(?:exits?|quits?)\b/i;

/** Flags of the HTTP mode and of the transport are left out: the host speaks stdio, and fixes what that needs. So are those that end it. */
const isForeign = (finding: ArgumentFinding): boolean =>
  finding.scope === 'http' ||
  finding.scope === 'other' ||
  PRINTS_AND_ENDS.test(finding.description ?? '') ||
  /^--?(?:transport|help)$/i.test(finding.flag ?? '') ||
  // a version that a variable can set as well is one of something else, such as an API
  (/^--?version$/i.test(finding.flag ?? '') && finding.variable === undefined);

/** Facts about all flags of a server together. */
type Others = { isDocumented: boolean; isLong: boolean };

const isFromCode = ({ evidence }: ArgumentFinding): boolean => evidence.kind === 'SOURCE_CODE';

/** A form with more flags than these is not read to its end: the README's choice of them comes first. */
const FLAGS_READ_MAX = 12;

/** Logging, limits, experiments, and what documents that name other flags do not name: few who deploy look for them. */
const isAdvancedFlag = (name: string, found: readonly ArgumentFinding[], others: Others): boolean =>
  // flags of an HTTP mode are left out already: this host is another computer
  (isAdvancedName(name) && scopeOfName(name) !== 'http') ||
  name.startsWith('EXPERIMENTAL_') ||
  (others.isDocumented && found.every((finding) => isFromCode(finding) && (others.isLong || !finding.description)));

function toField(found: ArgumentFinding[], others: Others): ArgumentField | null {
  const [first] = found;
  if (!first) return null;
  const code = found.find(isFromCode);
  const declared = code ?? found.find((finding) => finding.kind !== undefined);
  const secret = found.some((finding) => finding.kind === 'SECRET' || isSecretName(asVariable(finding.name)));
  const isNamed = found.find((finding) => finding.flag === null && isFromCode(finding));
  const name = isNamed?.name ?? first.name;
  const choices = found.find((finding) => finding.choices?.length)?.choices ?? [];
  const kind =
    declared?.kind ?? (secret ? 'SECRET' : choices.length > 1 ? 'CHOICE' : code ? 'TEXT' : (first.kind ?? 'TEXT'));
  const fallback = found.find((finding) => finding.default !== undefined)?.default ?? null;
  const required = fallback === null && kind !== 'BOOLEAN' && found.some((finding) => finding.required === true);
  const usual = !required && fallback === null && kind !== 'BOOLEAN' && found.some((finding) => finding.usual === true);
  const positional = first.flag === null;
  const variable = found.find((finding) => finding.variable !== undefined)?.variable;
  return {
    name,
    label: labelOf(name),
    description: found.find((finding) => finding.description)?.description ?? null,
    kind: secret && kind === 'TEXT' ? 'SECRET' : kind,
    required,
    ...(usual ? { usual } : {}),
    repeated: found.some((finding) => finding.repeated === true),
    positional,
    flag: first.flag,
    ...(variable ? { variable } : {}),
    default: fallback,
    choices,
    advanced: !required && !usual && !positional && !secret && isAdvancedFlag(asVariable(name), found, others),
    evidence: found.map((finding) => finding.evidence).slice(0, EVIDENCE_MAX),
  };
}

/** One field an argument, required ones first, advanced ones last; all positional findings speak of one place. `fixed` words are no fields. */
export function mergeArguments(findings: readonly ArgumentFinding[], fixed: readonly string[]): ArgumentField[] {
  const wanted = findings.filter(
    (finding) => !isForeign(finding) && !(finding.flag !== null && fixed.includes(finding.flag)),
  );
  // `-t` is `--token`, where code or a table says so
  const long = new Map(
    wanted.flatMap(({ flag, aliases = [] }) => aliases.flatMap((alias) => (flag ? [[alias, flag] as const] : []))),
  );
  const spelled = wanted.map((finding) => {
    const flag = long.get(finding.flag ?? '') ?? finding.flag;
    return flag === null || flag === finding.flag ? finding : { ...finding, flag, name: flag.replace(/^-+/, '') };
  });
  const byPlace = Map.groupBy(spelled, (finding) => finding.flag ?? '');
  const others = {
    isDocumented: wanted.some((finding) => finding.flag !== null && !isFromCode(finding)),
    isLong: byPlace.size > FLAGS_READ_MAX,
  };
  const fields = [...byPlace.values()].flatMap((found) => toField(found, others) ?? []);
  const order = (field: ArgumentField): number =>
    field.required ? 0 : field.usual || field.positional ? 1 : field.advanced ? 3 : 2;
  return fields.sort((a, b) => order(a) - order(b)).slice(0, FIELDS_MAX);
}
