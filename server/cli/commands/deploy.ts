import { chooseCandidates } from '../choose-candidate.ts';
import { connect } from '../connection.ts';
import { type DeployOptions, parseGiven, sharedAmong, withPasted } from '../deploy-input.ts';
import { createDeployer, type Deployer } from '../deploy-one.ts';
import { parsePolicy } from '../egress-policy.ts';
import { CliFailure, usage } from '../failure.ts';
import { absoluteSource } from '../local-source.ts';
import { type Candidate, PASTED_VALUES } from '../operations/analysis.ts';
import { progressOutput } from '../progress.ts';
import { analysisFailure, runAnalysis } from '../run-analysis.ts';
import { printJson, type Shell } from '../shell.ts';
import { createTimeline } from '../timeline.ts';

/** A command, a block of settings or an install link; names and addresses hold no values. */
const LAUNCH = /[\s{]|^(?:vscode|cursor)[\w-]*:/;

export async function deploy(
  shell: Shell,
  source: string,
  options: DeployOptions,
  extraArguments: readonly string[],
): Promise<void> {
  if (options.egress !== undefined) parsePolicy(options.egress);
  const given = parseGiven(options, shell.env);
  const client = await connect(shell);
  const signal = shell.interruption();
  const timeline = createTimeline(progressOutput(shell));

  const request = { source: absoluteSource(source, shell.cwd), refresh: options.refresh ?? false };
  const analysis = await runAnalysis(client, { ...request, timeline, signal });
  const failed = analysisFailure(analysis);
  if (failed) throw failed;
  const wanted = { wanted: options.candidate ?? [], all: options.all ?? false };
  const candidates = await chooseCandidates(shell, analysis, wanted);
  if (candidates.length > 1) refuseForSeveral(options, extraArguments);
  for (const { message, candidateKey } of analysis.warnings) {
    if (candidateKey === null || candidates.some(({ key }) => key === candidateKey)) timeline.note(message);
  }

  // the server keeps no values of a pasted command or configuration, so it reads the text again
  const read = LAUNCH.test(request.source)
    ? await client.ask(PASTED_VALUES, { id: analysis.id, source: request.source }, signal)
    : null;
  const shareOf = candidates.length > 1 ? sharedAmong(given, candidates) : () => given;
  const givenOf = (candidate: Candidate) => {
    const pasted = read?.candidates.find(({ key }) => key === candidate.key)?.pastedValues;
    return pasted ? withPasted(shareOf(candidate), pasted) : shareOf(candidate);
  };
  const deployer = createDeployer({
    shell,
    client,
    signal,
    timeline,
    analysisId: analysis.id,
    options,
    extraArguments,
  });
  const [candidate] = candidates;
  if (candidate && candidates.length === 1) {
    const started = await deployer.start(candidate, givenOf(candidate));
    const running = await deployer.finish(started);
    if (shell.json) printJson(shell, running.json);
    else deployer.print(running);
    return;
  }
  await deployAll(shell, deployer, candidates, givenOf);
}

/** A name and further arguments belong to one server. */
function refuseForSeveral({ name, version }: DeployOptions, extraArguments: readonly string[]): void {
  const one = [
    ...(name === undefined ? [] : ['--name']),
    ...(version === undefined ? [] : ['--version']),
    ...(extraArguments.length === 0 ? [] : ['arguments after --']),
  ];
  if (one.length > 0) throw usage(`Several servers cannot share ${one.join(' and ')}.`, 'Deploy them one by one.');
}

/** Deploys every server, then waits for each: one that fails does not keep the others from running. */
async function deployAll(
  shell: Shell,
  deployer: Deployer,
  candidates: readonly Candidate[],
  givenOf: (candidate: Candidate) => ReturnType<typeof parseGiven>,
): Promise<void> {
  const outcomes: { name: string; json: object; failure: CliFailure | null }[] = [];
  const begun: { name: string; started: Awaited<ReturnType<Deployer['start']>> }[] = [];
  const failedOf = (name: string, error: unknown) => {
    if (!(error instanceof CliFailure) || error.code === 'DETACHED') throw error;
    const { code, message, hint, retryable, fields, json } = error;
    outcomes.push({ name, json: { ...json, error: { code, message, hint, retryable, fields } }, failure: error });
  };
  for (const candidate of candidates) {
    const { displayName: name } = candidate;
    try {
      begun.push({ name, started: await deployer.start(candidate, givenOf(candidate)) });
    } catch (error) {
      failedOf(name, error);
    }
  }
  for (const { name, started } of begun) {
    try {
      const running = await deployer.finish(started);
      if (!shell.json) deployer.print(running);
      outcomes.push({ name, json: running.json, failure: null });
    } catch (error) {
      failedOf(name, error);
    }
  }
  const order = candidates.map(({ displayName }) => displayName);
  outcomes.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const json = { deployments: outcomes.map((outcome) => ({ name: outcome.name, ...outcome.json })) };
  const failures = outcomes.filter(({ failure }) => failure !== null);
  const [first] = failures;
  if (!first?.failure) {
    if (shell.json) printJson(shell, json);
    return;
  }
  const reasons = failures.map(({ name, failure }) => `${name}: ${failure?.message} ${failure?.hint ?? ''}`.trim());
  throw new CliFailure(
    first.failure.code,
    `${failures.length} of ${outcomes.length} servers ${failures.length === 1 ? 'does' : 'do'} not run.`,
    { hint: reasons.join('\n'), retryable: first.failure.retryable, json },
  );
}
