import type { Requirement } from '../result.ts';
import { type EnvFinding, isPlaceholder } from './finding.ts';
import { isOwnName, type MergeContext } from './merge-context.ts';

const NAME_WORDS_MIN = 2;

/** `X_DOC_ID=id_of_the_doc`: words of the name in the place of a value, whatever the language around them. */
function repeatsName(name: string, value: string): boolean {
  if (!/^[a-z]+(?:[-_ ][a-z]+)+$/i.test(value)) return false;
  const words = new Set(value.toUpperCase().split(/[-_ ]/));
  return name.split('_').filter((word) => words.has(word)).length >= NAME_WORDS_MIN;
}

/** HARD requires code that ends without the variable, or a start that did. Words and launches alone make it LAZY. */
export function requirementOf(findings: EnvFinding[], isCredential: boolean, context: MergeContext): Requirement {
  const inCode = findings.filter((finding) => finding.evidence.kind === 'SOURCE_CODE');
  const isLaunched = findings.some(({ inLaunch }) => inLaunch);
  // what the section about HTTP says of a variable that launches for stdio set is true of HTTP
  const said = findings
    .filter(({ evidence, scope }) => evidence.kind !== 'SOURCE_CODE' && !(isLaunched && scope === 'http'))
    .flatMap((finding) => finding.requirement ?? []);
  if (findings.some((finding) => finding.evidence.kind === 'START_FAILURE')) return 'HARD';
  if (inCode.some((finding) => finding.requirement === 'HARD')) return 'HARD';
  // a stand-in for a key, as in a sandbox, is not a key that works
  const hasDefault = inCode.some((finding) => finding.default !== undefined);
  const isInsisted = isCredential && inCode.some((finding) => finding.requirement === 'LAZY');
  if (hasDefault && !isInsisted) return 'OPTIONAL';
  const [first] = said;
  // a throw somewhere in the code may belong to one feature: documents have to bear it out, or the name itself
  const isBorneOut = findings.length > inCode.length || (isCredential && isOwnName(findings[0]?.name ?? '', context));
  if (isBorneOut && inCode.some((finding) => finding.requirement === 'LAZY'))
    return said.includes('OPTIONAL') ? 'OPTIONAL' : 'LAZY';
  if (inCode.some((finding) => finding.requirement === 'OPTIONAL') && !isCredential) return 'OPTIONAL';
  if (first !== undefined) return said.includes('OPTIONAL') ? 'OPTIONAL' : first;
  if (findings.some((finding) => finding.default !== undefined)) return 'OPTIONAL';
  const launches = findings.filter((finding) => finding.inLaunch).length;
  const inMostLaunches = context.stdioLaunches > 0 && launches * 2 >= context.stdioLaunches;
  // an example sets everything: a header is for those whose address wants one
  const isExtra = /HEADERS?$|COOKIES?$|PROXY/.test(findings[0]?.name ?? '');
  // where no launch sets anything, a file of settings shows what has to be filled in
  const isLeftOpen = findings.some(
    ({ name, inSettings, example, scope }) =>
      inSettings && scope === undefined && example && (isPlaceholder(example) || repeatsName(name, example)),
  );
  if (!isExtra && !context.launchesSetVariables && isLeftOpen) return 'LAZY';
  if (isExtra || launches === 0) return 'OPTIONAL';
  // a server's own key is in the launches that need it; other settings are asked for where a person has to fill them in
  const isOwnKey = isCredential && isOwnName(findings[0]?.name ?? '', context);
  const isToFillIn =
    isCredential || findings.some(({ inLaunch, example }) => inLaunch && example && isPlaceholder(example));
  return isOwnKey || (inMostLaunches && isToFillIn) ? 'LAZY' : 'OPTIONAL';
}
