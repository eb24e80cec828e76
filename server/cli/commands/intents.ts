import { canAsk, confirms } from '../ask.ts';
import { connect } from '../connection.ts';
import { deploymentFailure } from '../deployment-failure.ts';
import { CliFailure } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { KEPT_DATA } from '../operations/data.ts';
import { type Deployment, FIND_DEPLOYMENT } from '../operations/deployment.ts';
import { DELETE, type IntentAnswer, REDEPLOY, RESTART, ROLLBACK, START, STOP } from '../operations/intent.ts';
import { oneLine } from '../printable.ts';
import { progressOutput } from '../progress.ts';
import { printChanges } from '../release-changes.ts';
import type { Goal } from '../settle.ts';
import { printJson, type Shell } from '../shell.ts';
import { createTimeline, type Timeline } from '../timeline.ts';
import { waitFor } from '../wait-for.ts';

type Confirmed = { yes?: boolean };

export type Intent = {
  goal: Goal;
  /** The heading over the steps, such as `Stopping`. */
  doing: string;
  ask(client: GraphqlClient, deployment: Deployment): Promise<IntentAnswer>;
};

/** Requests a change of a deployment, waits until it is done, and prints the outcome. */
export async function carryOut(shell: Shell, word: string, intent: Intent): Promise<void> {
  const client = await connect(shell);
  const before = await findDeployment(client, word);
  const timeline = createTimeline(progressOutput(shell));
  const after = await complete(client, before, intent, { timeline, signal: shell.interruption() });
  if (shell.json) {
    printJson(shell, after ?? goneOf(before));
    return;
  }
  shell.terminal.out.line(`${oneLine(before.name)} is ${(after?.status ?? 'DELETED').toLowerCase()}.`);
  const { currentRelease } = after ?? {};
  if (currentRelease?.changes && currentRelease.id !== before.currentRelease?.id) {
    printChanges(shell.terminal.out, currentRelease.changes);
  }
}

const goneOf = ({ id, databaseId, name }: Deployment) => ({ id, databaseId, name, status: 'DELETED' });

/** Requests a change and waits until it is done. Returns the deployment, or null if it is deleted. */
export async function complete(
  client: GraphqlClient,
  before: Deployment,
  intent: Intent,
  { timeline, signal }: { timeline: Timeline; signal: AbortSignal },
): Promise<Deployment | null> {
  const id = before.databaseId;
  timeline.heading(`${intent.doing} ${before.name}`);
  let answer: IntentAnswer = { targetRelease: null };
  const { verdict } = await waitFor(client, id, {
    goal: intent.goal,
    timeline,
    signal,
    intend: async () => {
      answer = await intent.ask(client, before);
    },
  });
  const after = await client.ask(FIND_DEPLOYMENT, { id });
  if (verdict !== 'reached') {
    if (after) throw deploymentFailure(after, verdict, { json: after });
    throw new CliFailure('CONFLICT', `${oneLine(before.name)} was deleted in the meantime.`, { json: goneOf(before) });
  }
  if (after) throwIfReleaseFailed(after, answer);
  return after;
}

/** If a release does not start, the previous one keeps serving: the deployment runs, and the intent failed. */
function throwIfReleaseFailed(deployment: Deployment, { targetRelease }: IntentAnswer): void {
  const release = deployment.releases.edges.find(({ node }) => node.id === targetRelease?.id)?.node;
  if (!release?.failure || release.id === deployment.currentRelease?.id) return;
  const { code, message, hint, retryable, stderrTail } = release.failure;
  const serving = deployment.currentRelease ? ` Release ${deployment.currentRelease.number} keeps serving.` : '';
  throw new CliFailure(code, `Release ${release.number} failed: ${message}${serving}`, {
    hint,
    retryable,
    stderrTail,
    json: deployment,
  });
}

const simple = (doing: string, goal: Goal, operation: typeof START) => (shell: Shell, word: string) =>
  carryOut(shell, word, { doing, goal, ask: (client, { databaseId }) => client.ask(operation, { id: databaseId }) });

export const startDeployment = simple('Starting', 'running', START);
export const stop = simple('Stopping', 'stopped', STOP);

export async function restart(shell: Shell, word: string, options: Confirmed): Promise<void> {
  if (await mayLoseDisk(shell, word, options, 'Restart')) await simple('Restarting', 'running', RESTART)(shell, word);
}

export async function redeploy(
  shell: Shell,
  word: string,
  options: Confirmed & { version?: string | undefined },
): Promise<void> {
  if (!(await mayLoseDisk(shell, word, options, 'Redeploy'))) return;
  const { version } = options;
  await carryOut(shell, word, {
    doing: 'Redeploying',
    goal: 'running',
    ask: (client, { databaseId: id }) => client.ask(REDEPLOY, { input: { id, version } }),
  });
}

/** `release` is the number of a release, as `show` lists it, or its id. */
export async function rollback(
  shell: Shell,
  word: string,
  release: string | undefined,
  options: Confirmed,
): Promise<void> {
  if (!(await mayLoseDisk(shell, word, options, 'Roll back'))) return;
  await carryOut(shell, word, {
    doing: 'Rolling back',
    goal: 'running',
    ask: (client, deployment) =>
      client.ask(ROLLBACK, { input: { id: deployment.databaseId, releaseId: releaseIdOf(deployment, release) } }),
  });
}

export function releaseIdOf({ releases }: Pick<Deployment, 'releases'>, word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const number = word.replace(/^#/, '');
  const found = releases.edges.find(({ node }) => String(node.number) === number);
  return found?.node.databaseId ?? word;
}

/**
 * Warns that the files of the server will be deleted, unless its deployment keeps them: asks on a terminal, prints a note
 * elsewhere. Returns false if the answer is no.
 */
async function mayLoseDisk(shell: Shell, word: string, { yes }: Confirmed, what: string): Promise<boolean> {
  if (yes) return true;
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const kept = await client.ask(KEPT_DATA, { id });
  if (kept?.data) return true;
  if (!canAsk(shell)) {
    progressOutput(shell).line('Note: files on the disk of the server are deleted.');
    return true;
  }
  const question = `${what} ${word}? Files on the disk of the server are deleted.`;
  if (await confirms(shell, question)) return true;
  shell.terminal.out.line('Nothing was changed.');
  return false;
}

export async function rm(shell: Shell, word: string, options: Confirmed): Promise<void> {
  if (!options.yes && canAsk(shell)) {
    const question = `Delete ${word}, with its credentials, tokens and logs? This cannot be undone.`;
    if (!(await confirms(shell, question))) {
      shell.terminal.out.line('Nothing was deleted.');
      return;
    }
  }
  await simple('Deleting', 'deleted', DELETE)(shell, word);
}
