import { expect, test } from 'vitest';
import { evidenceOf } from '../analysis/detect/finding.ts';
import { mergeArguments } from '../analysis/detect/merge-arguments.ts';
import type { CredentialField, EvidenceKind, ServerCandidate } from '../analysis/result.ts';
import { learnNeeds } from './learn-needs.ts';
import { type Learned, learnTrial } from './learn-trial.ts';

/** A field that reading demands, with its evidence. */
const demanded = (name: string, kind: EvidenceKind): CredentialField => {
  const form = { credentials: [], arguments: [], fixedArguments: [] };
  const [field] = learnNeeds(form, [[{ kind: 'variable', name }]], evidenceOf(kind, null, null)).credentials;
  if (!field) throw new Error('The form has no field.');
  return field;
};

const candidate = (credentials: CredentialField[]): ServerCandidate => ({
  key: 'orbit',
  displayName: 'orbit',
  description: null,
  runtime: 'npm',
  deployable: true,
  notDeployableReason: null,
  package: 'orbit',
  version: '1.0.0',
  integrity: null,
  subfolder: null,
  runCommand: 'npx orbit',
  arguments: mergeArguments(
    [{ flag: '--url', name: 'url', required: true, evidence: evidenceOf('README', 'README.md', 1) }],
    [],
  ),
  credentials,
  verified: true,
  verdict: 'MCP_SERVER',
  tools: [],
  notes: null,
  spec: null,
  fixedArguments: [],
});

const NOTHING: Learned = { served: true, needs: [], given: [], mode: [], tools: [], installMs: null };

test('what a start did without is usually needed at most', () => {
  const { credentials, arguments: args } = learnTrial(candidate([demanded('ORBIT_TOKEN', 'SOURCE_CODE')]), NOTHING);
  expect(credentials).toMatchObject([
    {
      name: 'ORBIT_TOKEN',
      required: false,
      requirement: 'LAZY',
      evidence: [{ kind: 'TRIAL' }, { kind: 'SOURCE_CODE' }],
    },
  ]);
  expect(args).toMatchObject([{ flag: '--url', required: false }]);
});

test('keeps the demands of a server that did not serve', () => {
  const { credentials, arguments: args } = learnTrial(candidate([demanded('ORBIT_TOKEN', 'SOURCE_CODE')]), {
    ...NOTHING,
    served: false,
  });
  expect(credentials).toMatchObject([{ required: true, requirement: 'HARD' }]);
  expect(args).toMatchObject([{ required: true }]);
});

test("keeps the user's own words", () => {
  const { credentials } = learnTrial(candidate([demanded('ORBIT_TOKEN', 'SNIPPET')]), NOTHING);
  expect(credentials).toMatchObject([{ required: true }]);
});

test('keeps the demand for a variable that had a dummy without being named', () => {
  const given = [{ kind: 'variable' as const, name: 'ORBIT_TOKEN' }];
  const { credentials } = learnTrial(candidate([demanded('ORBIT_TOKEN', 'SOURCE_CODE')]), { ...NOTHING, given });
  expect(credentials).toMatchObject([{ required: true, requirement: 'HARD' }]);
});

test('fixes the subcommand and lists the real tools', () => {
  const tools = [{ name: 'greet', description: null }];
  expect(learnTrial(candidate([]), { ...NOTHING, mode: ['mcp'], tools })).toMatchObject({
    fixedArguments: ['mcp'],
    runCommand: 'npx orbit mcp',
    tools,
  });
});

test('what the installation took replaces an estimate, and nothing replaces what was measured', () => {
  const estimated = { ...candidate([]), weight: { dependencies: 4, installMs: null } };
  const measured = learnTrial(estimated, { ...NOTHING, installMs: 6_000 });
  expect(measured.weight).toEqual({ dependencies: 4, installMs: 6_000 });
  expect(learnTrial(measured, NOTHING).weight).toEqual(measured.weight);
});
