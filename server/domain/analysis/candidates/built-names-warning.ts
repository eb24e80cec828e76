import type { AnalysisWarning } from '../result.ts';

/** Explains the variables whose names code builds. A form cannot ask for them, so a person adds those that exist. */
export function builtNamesWarning(patterns: readonly string[], candidateKey: string): AnalysisWarning[] {
  if (patterns.length === 0) return [];
  const message = `This server builds names of variables: ${patterns.join(', ')}. Add those that you need as extra variables.`;
  return [{ code: 'BUILT_NAMES', weight: 'INFO', message, candidateKey }];
}
