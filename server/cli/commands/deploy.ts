import { chooseCandidate } from '../choose-candidate.ts';
import { clientSetup } from '../client-setup.ts';
import { connect } from '../connection.ts';
import { buildDeployInput, type DeployOptions, parseGiven, withPasted } from '../deploy-input.ts';
import { deploymentFailure } from '../deployment-failure.ts';
import { CliFailure, enrich } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { duration } from '../layout.ts';
import { absoluteSource } from '../local-source.ts';
import { type Candidate, PASTED_VALUES } from '../operations/analysis.ts';
import { DEPLOY, type Deployment } from '../operations/deployment.ts';
import { oneLine } from '../printable.ts';
import { progressOutput } from '../progress.ts';
import { analysisFailure, runAnalysis } from '../run-analysis.ts';
import { printJson, type Shell } from '../shell.ts';
import { createTimeline } from '../timeline.ts';
import { toolTable } from '../tool-table.ts';
import { waitFor } from '../wait-for.ts';

/** The output of `deploy --json`. */
const jsonOf = (deployment: Deployment, accessToken: string | null) => ({
  id: deployment.id,
  databaseId: deployment.databaseId,
  status: deployment.status,
  endpointUrl: deployment.endpointUrl,
  accessToken,
  tools: deployment.tools.map(({ name, description }) => ({ name, description })),
});

/** A command, a block of settings or an install link; names and addresses hold no values. */
const LAUNCH = /[\s{]|^(?:vscode|cursor)[\w-]*:/;

export async function deploy(
  shell: Shell,
  source: string,
  options: DeployOptions,
  extraArguments: readonly string[],
): Promise<void> {
  const given = parseGiven(options, shell.env);
  const client = await connect(shell);
  const signal = shell.interruption();
  const timeline = createTimeline(progressOutput(shell));

  const request = { source: absoluteSource(source, shell.cwd), refresh: options.refresh ?? false };
  const analysis = await runAnalysis(client, { ...request, timeline, signal });
  const failed = analysisFailure(analysis);
  if (failed) throw failed;
  const candidate = await chooseCandidate(shell, analysis, options.candidate);
  for (const { message, candidateKey } of analysis.warnings) {
    if (candidateKey === null || candidateKey === candidate.key) timeline.note(message);
  }

  // the server keeps no values of a pasted command or configuration, so it reads the text again
  const read = LAUNCH.test(request.source)
    ? await client.ask(PASTED_VALUES, { id: analysis.id, source: request.source }, signal)
    : null;
  const pasted = read?.candidates.find(({ key }) => key === candidate.key)?.pastedValues;
  const filled = pasted ? withPasted(given, pasted) : given;
  const input = await buildDeployInput(candidate, analysis.id, filled, extraArguments, options, shell.cwd);
  const startedAt = performance.now();
  const { deployment, accessToken } = await client.ask(DEPLOY, { input }, signal).catch((error) => {
    throw withOptions(error, candidate);
  });
  const { package: name, version } = deployment.targetRelease ?? candidate;
  timeline.heading(`Deploying ${name} ${version ?? ''}`);

  try {
    const { verdict } = await waitFor(client, deployment.databaseId, { goal: 'running', timeline, signal });
    const now = await findDeployment(client, deployment.databaseId);
    if (verdict !== 'reached') throw deploymentFailure(now, verdict, { json: jsonOf(now, accessToken) });
    if (shell.json) printJson(shell, jsonOf(now, accessToken));
    else printResult(shell, now, accessToken, performance.now() - startedAt);
  } catch (error) {
    if (!(error instanceof CliFailure) || isVerdictPrinted(error)) throw error;
    // The wait ended, the deployment did not: its token is shown here or never.
    if (!shell.json) printEndpoint(shell, deployment, accessToken);
    throw enrich(error, { json: jsonOf(deployment, accessToken) });
  }
}

const isVerdictPrinted = ({ json }: CliFailure): boolean => 'databaseId' in json;

/** The server names the wrong and missing fields; the command line adds the options that set them. */
function withOptions(error: unknown, candidate: Candidate): unknown {
  if (!(error instanceof CliFailure) || error.hint !== null) return error;
  const options = error.fields.flatMap(({ field }) => {
    if (candidate.credentials.some(({ name }) => name === field)) return [`--env ${field}=…`];
    return candidate.arguments.some(({ name }) => name === field) ? [`--arg ${field}=…`] : [];
  });
  return options.length === 0 ? error : enrich(error, { hint: `Set it with ${options.join(' and ')}` });
}

function printEndpoint(shell: Shell, { endpointUrl }: Deployment, accessToken: string | null): void {
  const { out } = shell.terminal;
  out.line();
  out.line(`  Endpoint  ${out.paint('cyan', endpointUrl)}`);
  if (accessToken) out.line(`  Token     ${accessToken}  ${out.paint('dim', '(shown only once)')}`);
  else out.line('  Token     none: anyone who knows the address can call it');
}

function printResult(shell: Shell, deployment: Deployment, accessToken: string | null, elapsedMs: number): void {
  const { out } = shell.terminal;
  out.line(`${out.paint('green', oneLine(deployment.name))} is running (${duration(elapsedMs)}).`);
  printEndpoint(shell, deployment, accessToken);
  out.line();
  for (const line of toolTable(out, deployment.tools)) out.line(line);
  const { name, endpointUrl: url, access } = deployment;
  const { snippet } = clientSetup('claude-code', { name, url, access, token: accessToken });
  out.line();
  out.line('  Add it to Claude Code:');
  out.line(`    ${snippet}`);
  out.line(out.paint('dim', `  Other clients: catwalk connect ${deployment.databaseId.slice(0, 8)}`));
}
