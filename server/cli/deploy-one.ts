import { clientSetup } from './client-setup.ts';
import { buildDeployInput, type DeployOptions, type Given } from './deploy-input.ts';
import { deploymentFailure } from './deployment-failure.ts';
import { CliFailure, enrich } from './failure.ts';
import { findDeployment } from './find-deployment.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { duration } from './layout.ts';
import type { Candidate } from './operations/analysis.ts';
import { DEPLOY, type Deployment } from './operations/deployment.ts';
import { oneLine } from './printable.ts';
import type { Shell } from './shell.ts';
import type { Timeline } from './timeline.ts';
import { toolTable } from './tool-table.ts';
import { waitFor } from './wait-for.ts';

type Started = { candidate: Candidate; deployment: Deployment; accessToken: string | null; startedAt: number };
type Running = { deployment: Deployment; accessToken: string | null; elapsedMs: number; json: object };

/** Deploys one server of an analysis: start sends the request, finish waits until the endpoint works. */
export type Deployer = {
  start: (candidate: Candidate, given: Given) => Promise<Started>;
  finish: (started: Started) => Promise<Running>;
  print: (running: Running) => void;
};

export type DeployerDeps = {
  shell: Shell;
  client: GraphqlClient;
  signal: AbortSignal;
  timeline: Timeline;
  analysisId: string;
  options: DeployOptions;
  extraArguments: readonly string[];
};

/** The output of `deploy --json`. */
const jsonOf = (deployment: Deployment, accessToken: string | null) => ({
  id: deployment.id,
  databaseId: deployment.databaseId,
  status: deployment.status,
  endpointUrl: deployment.endpointUrl,
  accessToken,
  tools: deployment.tools.map(({ name, description }) => ({ name, description })),
});

export function createDeployer(deps: DeployerDeps): Deployer {
  const { shell, client, signal, timeline, analysisId, options, extraArguments } = deps;

  const start = async (candidate: Candidate, given: Given): Promise<Started> => {
    const input = await buildDeployInput(candidate, analysisId, given, extraArguments, options, shell.cwd);
    const startedAt = performance.now();
    const { deployment, accessToken } = await client.ask(DEPLOY, { input }, signal).catch((error) => {
      throw withOptions(error, candidate);
    });
    return { candidate, deployment, accessToken, startedAt };
  };

  const finish = async ({ candidate, deployment, accessToken, startedAt }: Started): Promise<Running> => {
    const { package: name, version } = deployment.targetRelease ?? candidate;
    timeline.heading(`Deploying ${name} ${version ?? ''}`);
    try {
      const { verdict } = await waitFor(client, deployment.databaseId, { goal: 'running', timeline, signal });
      const now = await findDeployment(client, deployment.databaseId);
      const json = jsonOf(now, accessToken);
      if (verdict !== 'reached') throw deploymentFailure(now, verdict, { json });
      return { deployment: now, accessToken, elapsedMs: performance.now() - startedAt, json };
    } catch (error) {
      if (!(error instanceof CliFailure) || isVerdictPrinted(error)) throw error;
      // The wait ended, the deployment did not: its token is shown here or never.
      if (!shell.json) printEndpoint(shell, deployment, accessToken);
      throw enrich(error, { json: jsonOf(deployment, accessToken) });
    }
  };

  return { start, finish, print: (running) => printResult(shell, running) };
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

function printResult(shell: Shell, { deployment, accessToken, elapsedMs }: Running): void {
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
