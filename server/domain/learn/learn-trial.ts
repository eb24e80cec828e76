import type { Missing } from '#deploy/host/contract.ts';
import { evidenceOf } from '../analysis/detect/finding.ts';
import { importanceOf } from '../analysis/detect/importance.ts';
import type { ArgumentField, CredentialField, ServerCandidate, ToolSummary } from '../analysis/result.ts';
import { findArgument, learnNeeds, withEvidence } from './learn-needs.ts';
import { withMode } from './with-mode.ts';

/** The findings of a trial that change a form. */
export type Learned = {
  /** The server answered its handshake: what it was not given is not needed. */
  served: boolean;
  /** All that the server ended without. */
  needs: readonly Missing[][];
  /** All that had a dummy in the start that served. */
  given: readonly Missing[];
  mode: readonly string[];
  tools: readonly ToolSummary[];
  /** Processor time of the installation in milliseconds; null where nothing was measured. */
  installMs: number | null;
};

const NEEDED = evidenceOf('TRIAL', null, null, 'the server ended without it');
const NOT_NEEDED = evidenceOf('TRIAL', null, null, 'the server started without it');

/** The user's own words outrank a trial. */
const isPasted = ({ evidence }: { evidence: readonly { kind: string }[] }): boolean =>
  evidence.some(({ kind }) => kind === 'SNIPPET');

/** A variable with one value only is set in every start. */
const isFixed = ({ kind, choices }: CredentialField): boolean => kind === 'CHOICE' && choices.length === 1;

/** Demanded by reading, and a start proved otherwise: tools may still need it. */
const relaxed = (field: CredentialField): CredentialField =>
  withEvidence({ ...field, required: false, requirement: 'LAZY' as const }, NOT_NEEDED);

/**
 * Merges a trial into a candidate: proven needs become required, demands that are proven wrong become optional, a
 * subcommand is fixed, and the real tools replace those that documents list.
 */
export function learnTrial(candidate: ServerCandidate, learned: Learned): ServerCandidate {
  const { served, needs, given, mode, tools, installMs } = learned;
  const form = learnNeeds(candidate, needs, NEEDED);
  const variables = new Set([...given, ...needs.flat()].flatMap((one) => (one.kind === 'variable' ? [one.name] : [])));
  const args = new Set(
    [...given, ...needs.flat()].flatMap((one) =>
      one.kind === 'argument' ? (findArgument(form.arguments, one)?.name ?? []) : [],
    ),
  );
  const isOverdemanded = (field: CredentialField): boolean =>
    served && field.required && !variables.has(field.name) && !isPasted(field) && !isFixed(field);
  const isFree = (field: ArgumentField): boolean =>
    served && field.required && !args.has(field.name) && !isPasted(field);
  return {
    ...form,
    credentials: form.credentials
      .map((field) => (isOverdemanded(field) ? relaxed(field) : field))
      .toSorted((a, b) => importanceOf(a) - importanceOf(b)),
    arguments: form.arguments
      .map((field) => (isFree(field) ? withEvidence({ ...field, required: false }, NOT_NEEDED) : field))
      .toSorted((a, b) => Number(b.required) - Number(a.required)),
    fixedArguments: withMode(candidate.fixedArguments, mode),
    runCommand: [candidate.runCommand, ...mode].join(' '),
    tools: tools.length > 0 ? [...tools] : candidate.tools,
    ...(installMs === null ? {} : { weight: { dependencies: candidate.weight?.dependencies ?? 0, installMs } }),
  };
}
