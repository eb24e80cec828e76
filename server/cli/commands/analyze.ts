import { candidateLine } from '../choose-candidate.ts';
import { connect } from '../connection.ts';
import { enrich } from '../failure.ts';
import { table } from '../layout.ts';
import { absoluteSource } from '../local-source.ts';
import type { Analysis, Candidate } from '../operations/analysis.ts';
import { oneLine } from '../printable.ts';
import { progressOutput } from '../progress.ts';
import { analysisFailure, runAnalysis } from '../run-analysis.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Output } from '../terminal.ts';
import { createTimeline } from '../timeline.ts';

export async function analyze(shell: Shell, source: string, options: { refresh?: boolean }): Promise<void> {
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
  if (shell.json) printJson(shell, analysis);
  else printAnalysis(shell.terminal.out, analysis);
}

function printAnalysis(out: Output, { candidates, warnings }: Analysis): void {
  for (const { message } of warnings) out.line(`  ${out.paint('yellow', '!')} ${oneLine(message)}`);
  if (candidates.length === 0) out.line('No MCP server was found.');
  for (const candidate of candidates) {
    out.line();
    printCandidate(out, candidate);
  }
}

function printCandidate(out: Output, candidate: Candidate): void {
  out.line(out.paint('bold', candidateLine(candidate)));
  if (!candidate.deployable) {
    out.line(`  ${out.paint('yellow', 'It cannot be deployed')}: ${oneLine(candidate.notDeployableReason ?? '')}`);
  }
  const facts = [
    ['Key', candidate.key],
    ['Runs as', candidate.runCommand],
    ['Verified', candidate.verified ? 'yes' : 'no: the package does not lead back to this source'],
    ...(candidate.notes ? [['Notes', candidate.notes]] : []),
  ];
  for (const line of table(facts.map(clean), out.columns(), '  ')) out.line(line);
  printFields(out, 'Arguments (--arg NAME=VALUE)', candidate.arguments);
  printFields(out, 'Variables (--env NAME=VALUE)', candidate.credentials);
}

type Field = Pick<Candidate['arguments'][number], 'name' | 'required' | 'kind' | 'description' | 'default'>;

function printFields(out: Output, title: string, fields: readonly Field[]): void {
  if (fields.length === 0) return;
  out.line(`  ${title}`);
  const rows = fields.map(({ name, required, kind, description, default: fallback }) => [
    name,
    required ? 'required' : 'optional',
    kind.toLowerCase(),
    [description, fallback === null ? null : `(else ${fallback})`].filter((text) => text !== null).join(' '),
  ]);
  for (const line of table(rows.map(clean), out.columns(), '    ')) out.line(line);
}

const clean = (row: readonly string[]): string[] => row.map(oneLine);
