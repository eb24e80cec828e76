import { candidateLine, chooseCandidate } from '../choose-candidate.ts';
import { connect } from '../connection.ts';
import { enrich } from '../failure.ts';
import { padded, table } from '../layout.ts';
import { absoluteSource } from '../local-source.ts';
import type { Analysis, Candidate, Trial } from '../operations/analysis.ts';
import { oneLine } from '../printable.ts';
import { progressOutput } from '../progress.ts';
import { analysisFailure, runAnalysis } from '../run-analysis.ts';
import { runTrial } from '../run-trial.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Output } from '../terminal.ts';
import { createTimeline } from '../timeline.ts';
import { toolTable } from '../tool-table.ts';

export type AnalyzeOptions = { refresh?: boolean; run?: boolean; candidate?: string; acceptUnverified?: boolean };

export async function analyze(shell: Shell, source: string, options: AnalyzeOptions): Promise<void> {
  const client = await connect(shell);
  const timeline = createTimeline(progressOutput(shell));
  const analysis = await runAnalysis(client, {
    source: absoluteSource(source, shell.cwd),
    refresh: options.refresh ?? false,
    timeline,
    signal: shell.interruption(),
  });
  const failure = analysisFailure(analysis);
  if (failure) throw enrich(failure, { json: analysis });
  if (!options.run) {
    if (shell.json) printJson(shell, analysis);
    else printAnalysis(shell.terminal.out, analysis);
    return;
  }
  const candidate = await chooseCandidate(shell, analysis, options.candidate);
  const { analysis: learned, trial } = await runTrial(client, {
    analysis,
    candidate,
    acceptUnverified: options.acceptUnverified ?? false,
    timeline,
    signal: shell.interruption(),
  });
  if (shell.json) return printJson(shell, learned);
  printAnalysis(shell.terminal.out, learned);
  printTrial(shell.terminal.out, trial);
}

const CONCLUSIONS: Record<string, string> = {
  RUNS: 'It starts without any values.',
  RUNS_WITH_VALUES: 'It starts once its required settings have values.',
  NEEDS_REAL_VALUES: 'It checks its settings at its start, so that only real values show its tools.',
  DOES_NOT_START: 'It did not start.',
};

function printTrial(out: Output, { conclusion, mode, eras, tools, failure, stderrTail }: Trial): void {
  out.line();
  out.line(out.paint('bold', 'Started without credentials'));
  out.line(`  ${CONCLUSIONS[conclusion ?? ''] ?? conclusion ?? ''}`);
  if (failure && conclusion === 'DOES_NOT_START') {
    out.line(`  ${oneLine(failure.message)}`);
    for (const line of stderrTail) out.line(out.paint('dim', `    ${oneLine(line)}`));
  }
  const facts = [
    ...(mode.length > 0 ? [['Subcommand', mode.join(' ')]] : []),
    ...(eras.length > 0 ? [['Eras', eras.join(', ').toLowerCase()]] : []),
  ];
  for (const line of table(facts.map(clean), out.columns(), '  ')) out.line(line);
  for (const line of toolTable(out, tools)) out.line(line);
}

type Warning = Analysis['warnings'][number];

function printAnalysis(out: Output, { candidates, warnings }: Analysis): void {
  const keys = new Set(candidates.map(({ key }) => key));
  for (const warning of warnings.filter(({ candidateKey }) => candidateKey === null || !keys.has(candidateKey)))
    printWarning(out, warning);
  if (candidates.length === 0) out.line('No MCP server was found.');
  for (const candidate of candidates) {
    out.line();
    const own = warnings.filter(({ candidateKey }) => candidateKey === candidate.key);
    printCandidate(out, candidate, own);
  }
}

const MARKS: Record<string, { mark: string; color: 'red' | 'yellow' | 'dim' }> = {
  CONFIRM: { mark: '!!', color: 'red' },
  CAUTION: { mark: '!', color: 'yellow' },
  INFO: { mark: 'i', color: 'dim' },
};

function printWarning(out: Output, { message, weight }: Warning): void {
  const { mark, color } = MARKS[weight] ?? { mark: '!', color: 'yellow' };
  const hint = weight === 'CONFIRM' ? ' To deploy it all the same, add --accept-unverified.' : '';
  out.line(`  ${out.paint(color, padded(mark, 2))} ${oneLine(message)}${hint}`);
}

function printCandidate(out: Output, candidate: Candidate, warnings: readonly Warning[]): void {
  out.line(out.paint('bold', candidateLine(candidate)));
  if (!candidate.deployable) {
    out.line(`  ${out.paint('yellow', 'Cannot be deployed')}: ${oneLine(candidate.notDeployableReason ?? '')}`);
  }
  for (const warning of warnings) printWarning(out, warning);
  const facts = [
    ['Key', candidate.key],
    ['Runs as', candidate.runCommand],
    ...(candidate.transport === 'HTTP' ? [['Speaks', 'HTTP on a port of its own, which Catwalk relays to']] : []),
    ...(candidate.deployable
      ? [
          ['Verified', candidate.verified ? 'yes' : 'no: the package does not name this source as its repository'],
          ['Costs', costOf(candidate)],
        ]
      : []),
    ...(candidate.notes ? [['Notes', candidate.notes]] : []),
  ];
  for (const line of table(facts.map(clean), out.columns(), '  ')) out.line(line);
  printFields(out, 'Arguments (--arg NAME=VALUE)', candidate.arguments);
  const { plain = [], advanced = [] } = Object.groupBy(candidate.credentials, (field) =>
    field.advanced ? 'advanced' : 'plain',
  );
  printFields(out, 'Variables (--env NAME=VALUE)', plain);
  printFields(out, 'Advanced settings (--env NAME=VALUE)', advanced);
}

/** Machines on this computer cost nothing. */
function costOf({ monthlyCost: { alwaysOn, withSleep, currency } }: Candidate): string {
  if (alwaysOn === 0) return 'free (runs on this computer)';
  const money = (amount: number) => new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
  return `${money(alwaysOn)} a month, ${money(withSleep)} with sleep while idle`;
}

type Field = Candidate['arguments'][number] | Candidate['credentials'][number];

function printFields(out: Output, title: string, fields: readonly Field[]): void {
  if (fields.length === 0) return;
  out.line(`  ${title}`);
  const rows = fields.map((field) => [
    field.name,
    demandOf(field),
    field.kind.toLowerCase(),
    typeof field['confidence'] === 'string' ? `${field['confidence'].toLowerCase()} confidence` : '',
    aboutOf(field),
  ]);
  const lines = table(rows.map(clean), out.columns(), '    ');
  for (const [at, line] of lines.entries()) {
    out.line(line);
    const found = evidenceOf(fields[at]?.evidence ?? []);
    if (found) out.line(out.paint('dim', `      ${found}`));
  }
}

function demandOf(field: Field): string {
  if ('group' in field && Array.isArray(field.together) && field.together.length > 0 && field.required)
    return `one of these, with ${field.together.join(' and ')}`;
  if ('group' in field && field.group !== null && field.required) return 'one of these';
  if (field.required) return 'required';
  return field.requirement === 'LAZY' ? 'usually needed' : 'optional';
}

const aboutOf = (field: Field): string => {
  const { description, default: fallback, choices } = field;
  return [
    description,
    'variable' in field && field.variable !== null ? `(or the variable ${field.variable})` : null,
    choices.length > 1 ? `(${choices.join(', ')})` : null,
    fallback === null ? null : `(default: ${fallback})`,
  ]
    .filter((text) => text !== null)
    .join(' ');
};

const PLACES_MAX = 3;

/** The files and lines of the evidence: `dist/config.js:21, README.md:170`. */
function evidenceOf(evidence: Field['evidence']): string {
  const found = evidence.map(({ file, line, kind, note }) =>
    file === null ? (note ?? kind.toLowerCase().replaceAll('_', ' ')) : `${file}${line === null ? '' : `:${line}`}`,
  );
  const more = found.length - PLACES_MAX;
  return oneLine(`${found.slice(0, PLACES_MAX).join(', ')}${more > 0 ? `, and ${more} more` : ''}`);
}

const clean = (row: readonly string[]): string[] => row.map(oneLine);
