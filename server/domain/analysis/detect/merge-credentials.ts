import type { Confidence, CredentialField, Evidence, EvidenceKind } from '../result.ts';
import { credentialField } from './credential-field.ts';
import { type EnvFinding, IN_BUNDLE, isPlaceholder } from './finding.ts';
import { withGroups } from './groups.ts';
import { importanceOf } from './importance.ts';
import { isOwnName, type MergeContext } from './merge-context.ts';
import { requirementOf } from './requirement.ts';
import {
  isAdvancedName,
  isFrameworkVariable,
  isHeededVariable,
  isSecretName,
  isSystemVariable,
  isTransportVariable,
  kindOf,
  labelOf,
  scopeOfName,
} from './variable-kinds.ts';

const EVIDENCE_MAX = 6;
/** No form has more; a document that names more is no document. */
const FIELDS_MAX = 300;
const TRUST: EvidenceKind[] = [
  'TRIAL',
  'START_FAILURE',
  'SOURCE_CODE',
  'REGISTRY',
  'SNIPPET',
  'README',
  'SERVER_JSON',
  'MCPB',
  'SMITHERY',
  'DOCKERFILE',
  'ENV_EXAMPLE',
  'MODEL',
  'PACKAGE',
];
/** Descriptions are best where they were written for people who configure. */
const DESCRIBED: EvidenceKind[] = [
  'REGISTRY',
  'SERVER_JSON',
  'MCPB',
  'README',
  'SMITHERY',
  'ENV_EXAMPLE',
  'SOURCE_CODE',
  'MODEL',
];
const WEAK: ReadonlySet<EvidenceKind> = new Set(['ENV_EXAMPLE', 'DOCKERFILE', 'SMITHERY']);

const rank = (finding: EnvFinding): number => TRUST.indexOf(finding.evidence.kind);
const kindsOf = (findings: EnvFinding[]): Set<EvidenceKind> =>
  new Set(findings.map((finding) => finding.evidence.kind));

/** The first answer in the order of trust. */
const firstOf = <T>(findings: EnvFinding[], read: (finding: EnvFinding) => T | undefined): T | undefined => {
  for (const finding of findings) {
    const value = read(finding);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** `YOUR_PROJECT` in a message or an example stands for a value. */
const STANDS_FOR = /^(?:YOUR|MY)_/;

const isTemplate = (text: string): boolean => /\{\{|\$\{|\$[A-Z]/.test(text);

/** Decides whether a name belongs into the form at all. */
function isWanted(name: string, findings: EnvFinding[], context: MergeContext): boolean {
  const kinds = kindsOf(findings);
  const declared =
    kinds.has('SERVER_JSON') || kinds.has('REGISTRY') || kinds.has('START_FAILURE') || kinds.has('SNIPPET');
  if (isSystemVariable(name) || isFrameworkVariable(name)) {
    const isNamed = isHeededVariable(name) && [...kinds].some((kind) => kind !== 'SOURCE_CODE');
    return isNamed || kinds.has('START_FAILURE') || (declared && !isSystemVariable(name));
  }
  const isExampleOnly = [...kinds].every((kind) => kind === 'ENV_EXAMPLE' || kind === 'DOCKERFILE');
  if (isExampleOnly && context.ownPrefixes !== null && !context.ownPrefixes.includes(name.split('_')[0] ?? ''))
    return false;
  const onlyCode = [...kinds].every((kind) => kind === 'SOURCE_CODE');
  if (STANDS_FOR.test(name)) return false;
  if (startsElsewhere(name, findings)) return true;
  if (onlyCode && (scopeOfName(name) === 'http' || isTransportVariable(name))) return false;
  if (findings.every((finding) => finding.scope === 'other')) return false;
  const isSetSomewhere = findings.some(({ inLaunch, inSettings }) => inLaunch || inSettings);
  if (!kinds.has('SOURCE_CODE') && !declared && !isSetSomewhere && context.isValue(name)) return false;
  // an image sets what its own way of running needs: alone it names no setting of the server
  if ([...kinds].every((kind) => kind === 'DOCKERFILE')) return context.codeMentions(name);
  if (!context.codeWasRead || kinds.has('SOURCE_CODE') || declared) return true;
  if (context.codeMentions(name)) return !findings.every(({ isVague }) => isVague);
  if (findings.some((finding) => finding.inLaunch)) return true;
  // documented and never read: believed only where the document describes it, and where the code may hand it on
  if (context.isLeftover(name)) return false;
  return (
    [...kinds].some((kind) => !WEAK.has(kind)) &&
    findings.some(({ description, isVague }) => description !== undefined && !isVague)
  );
}

function confidenceOf(findings: EnvFinding[], context: MergeContext): Confidence {
  const kinds = kindsOf(findings);
  const inCode = kinds.has('SOURCE_CODE');
  const strong = ['README', 'SERVER_JSON', 'REGISTRY', 'MCPB', 'SNIPPET', 'START_FAILURE'].filter((kind) =>
    kinds.has(kind as EvidenceKind),
  ).length; // literals of that union
  if ((inCode && strong > 0) || strong > 1) return 'HIGH';
  if (inCode || (strong === 1 && !context.codeWasRead) || findings.some((finding) => finding.inLaunch)) return 'MEDIUM';
  return 'LOW';
}

function evidenceFor(findings: EnvFinding[]): Evidence[] {
  const seen = new Set<string>();
  return findings
    .map((finding) => finding.evidence)
    .filter(({ kind, file, line }) => {
      const key = `${kind} ${file} ${line}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, EVIDENCE_MAX);
}

/**
 * A setting that the documents describe among those of the code, and that the code neither reads nor names: one of a
 * framework, of an installer, of an earlier version. What its owner declares for clients is for those who deploy.
 */
const isReadElsewhere = (name: string, findings: EnvFinding[], context: MergeContext): boolean =>
  context.codeWasRead &&
  context.readsDocumented &&
  !context.codeMentions(name) &&
  findings.every(({ evidence, inLaunch }) => !inLaunch && (evidence.kind === 'README' || WEAK.has(evidence.kind)));

/** Documents know the purpose of a variable; code only shows that it is read. */
function isHttpOnly(findings: EnvFinding[]): boolean {
  if (findings.some(({ isOfOtherMode }) => isOfOtherMode === true)) return true;
  const said = findings.filter(({ evidence }) => evidence.kind !== 'SOURCE_CODE' && !WEAK.has(evidence.kind));
  return said.some(({ scope }) => scope === 'http') && said.every(({ scope }) => scope === 'http' || scope === 'other');
}

/** Code that starts an HTTP server unless the variable says stdio. */
const startsElsewhere = (name: string, findings: EnvFinding[]): boolean =>
  isTransportVariable(name) &&
  findings.some(
    ({ evidence, default: fallback }) =>
      evidence.kind === 'SOURCE_CODE' && /^(?:https?|sse|streamable[-_]?http|httpstream)$/i.test(fallback ?? ''),
  );

/** Without this variable the server does not speak stdio, so the form requires it, with the one value that works. */
const stdioField = (name: string, evidence: Evidence[]): CredentialField =>
  credentialField(name, {
    description: 'The server starts over HTTP unless this says stdio, and Catwalk speaks stdio with it.',
    kind: 'CHOICE',
    required: true,
    requirement: 'HARD',
    choices: ['stdio'],
    evidence,
  });

/** `(Optional): Which region.` The form says that itself. */
const withoutMark = (description: string): string =>
  description.replace(/^(?:\((?:optional|required)\)|(?:optional|required)(?=\s*[:–—-]))\s*[:–—-]?\s*/i, '');

function toField(name: string, found: EnvFinding[], context: MergeContext): CredentialField {
  const findings = [...found].sort((a, b) => rank(a) - rank(b));
  const example = firstOf(findings, (finding) => finding.example);
  const declaredSecret = firstOf(findings, (finding) => finding.secret);
  const secret =
    declaredSecret === true ||
    (isSecretName(name.toUpperCase()) && declaredSecret !== false) ||
    (isSecretName(name) && /KEY|TOKEN|SECRET|PASS/.test(name));
  const fallback = firstOf(findings, (finding) =>
    finding.default !== undefined && !isTemplate(finding.default) ? finding.default : undefined,
  );
  const choices = firstOf(findings, (finding) => (finding.choices?.length ? finding.choices : undefined)) ?? [];
  const kind =
    firstOf(findings, (finding) => finding.kind) ?? kindOf(name, { default: fallback, example, secret, choices });
  const scope = findings.some((finding) => finding.inLaunch)
    ? 'stdio'
    : scopeOfName(name) === 'http' || isHttpOnly(findings)
      ? 'http'
      : 'stdio';
  const needed =
    scope === 'http' || isTransportVariable(name)
      ? 'OPTIONAL'
      : requirementOf(findings, secret || kind === 'FILE', context);
  // without its switch a server is off or on, unless its code ends
  const requirement = kind === 'BOOLEAN' && needed === 'LAZY' ? 'OPTIONAL' : needed;
  if (startsElsewhere(name, findings)) return stdioField(name, evidenceFor(findings));
  const required = requirement === 'HARD';
  const kinds = kindsOf(findings);
  const onlyCode = [...kinds].every((one) => one === 'SOURCE_CODE');
  const undocumented = [...kinds].every((one) => one === 'SOURCE_CODE' || WEAK.has(one));
  const isOfLibrary = onlyCode && context.isDocumented && findings.every(({ evidence }) => evidence.note === IN_BUNDLE);
  const isHidden =
    kind === 'FILE'
      ? isOfLibrary
      : onlyCode
        ? context.isDocumented || !secret || !isOwnName(name, context)
        : undocumented && !secret;
  const described = DESCRIBED.flatMap((one) => findings.filter((finding) => finding.evidence.kind === one));
  return {
    name,
    label: labelOf(name),
    description: firstOf(described, (finding) => withoutMark(finding.description ?? '') || undefined) ?? null,
    kind: secret && kind === 'TEXT' ? 'SECRET' : kind,
    required,
    requirement,
    default: fallback !== undefined && !(secret && isPlaceholder(fallback)) ? fallback : null,
    choices,
    pattern: firstOf(findings, (finding) => finding.pattern) ?? null,
    group: null,
    helpUrl: firstOf(described, (finding) => finding.helpUrl) ?? null,
    advanced:
      requirement === 'OPTIONAL' &&
      (scope === 'http' || isAdvancedName(name) || isHidden || isReadElsewhere(name, findings, context)),
    confidence: confidenceOf(findings, context),
    evidence: evidenceFor(findings),
  };
}

/** What is needed is needed together with its companion. */
function withCompanions(fields: CredentialField[], findings: readonly EnvFinding[]): CredentialField[] {
  const needed = new Set(fields.flatMap(({ name, requirement }) => (requirement === 'OPTIONAL' ? [] : [name])));
  const companions = new Set(
    findings.flatMap(({ name, companionOf }) => (companionOf !== undefined && needed.has(companionOf) ? [name] : [])),
  );
  return fields.map((field) =>
    companions.has(field.name) && field.requirement === 'OPTIONAL'
      ? { ...field, requirement: 'LAZY', advanced: false }
      : field,
  );
}

/** One field for each variable, from all that was found about it, in the order of a form. */
export function mergeCredentials(findings: readonly EnvFinding[], context: MergeContext): CredentialField[] {
  const byName = Map.groupBy(findings, (finding) => finding.name);
  const fields = [...byName].flatMap(([name, found]) =>
    isWanted(name, found, context) ? [toField(name, found, context)] : [],
  );
  return withGroups(withCompanions(fields, findings), findings)
    .sort((a, b) => importanceOf(a) - importanceOf(b))
    .slice(0, FIELDS_MAX);
}
