import { connect } from '../connection.ts';
import { findDeployment } from '../find-deployment.ts';
import { count, duration, table } from '../layout.ts';
import type { Deployment } from '../operations/deployment.ts';
import { oneLine, printable } from '../printable.ts';
import { printChanges } from '../release-changes.ts';
import { printJson, type Shell } from '../shell.ts';
import { paintStatus, statusText } from '../status-text.ts';
import { supportedClients } from '../supported-clients.ts';
import type { Output } from '../terminal.ts';
import { toolTable } from '../tool-table.ts';

export async function show(shell: Shell, id: string): Promise<void> {
  const client = await connect(shell);
  const deployment = await findDeployment(client, id);
  if (shell.json) printJson(shell, deployment);
  else printDeployment(shell.terminal.out, deployment);
}

function printDeployment(out: Output, deployment: Deployment): void {
  const { currentRelease, targetRelease, machine, failure } = deployment;
  const release = currentRelease ?? targetRelease;
  out.line(out.paint('bold', oneLine(deployment.name)));
  const facts = [
    ['Status', statusText(deployment)],
    ['Endpoint', deployment.endpointUrl],
    ['Short name', deployment.slug],
    ['Access', accessText(deployment)],
    ['Package', release ? `${release.package} ${release.version} (release ${release.number})` : 'none yet'],
    ...newerFacts(deployment),
    ['Server', release?.serverName ?? 'unknown until it runs'],
    ['Clients', supportedClients(currentRelease?.eras ?? [])],
    ['Source', deployment.source],
    ['Machine', machine ? `${machine.name}, ${machine.state ?? 'not created yet'}, ${machine.region}` : 'none'],
    ...sleepFacts(deployment),
    ['Created', deployment.createdAt],
    ['Id', deployment.databaseId],
  ];
  const [status = '', ...others] = table(
    facts.map((row) => row.map(oneLine)),
    out.columns(),
    '  ',
  );
  out.line(paintStatus(out, status, deployment));
  for (const line of others) out.line(line);
  if (failure) {
    out.line();
    out.line(`  ${out.paint('red', oneLine(failure.message))} (${failure.code})`);
    for (const line of failure.stderrTail) out.line(out.paint('dim', `    │ ${printable(line)}`));
    if (failure.hint) out.line(`  ${oneLine(failure.hint)}`);
  }
  printSetbacks(out, deployment);
  if (currentRelease?.changes) printChanges(out, currentRelease.changes);
  printReleases(out, deployment);
  out.line();
  for (const line of toolTable(out, deployment.tools)) out.line(line);
}

const newerFacts = ({ newerVersion, databaseId }: Deployment): string[][] =>
  newerVersion === null
    ? []
    : [['Newer', `${newerVersion} is available: catwalk redeploy ${databaseId.slice(0, 8)} --version ${newerVersion}`]];

function sleepFacts({ sleepAfterMinutes, answersWhileAsleep, lastWakeMs, lastWokenAt }: Deployment): string[][] {
  const streams = answersWhileAsleep ? '' : ', never under an open stream';
  const sleep = sleepAfterMinutes === null ? [] : [['Sleeps', `after ${sleepAfterMinutes} idle minutes${streams}`]];
  if (lastWakeMs === null || lastWokenAt === null) return sleep;
  return [...sleep, ['Last wake', `${lastWokenAt}, in ${duration(lastWakeMs)}`]];
}

/** Prints the setbacks since the deployment last ran undisturbed. */
function printSetbacks(out: Output, { events }: Deployment): void {
  const nodes = events.edges.map(({ node }) => node);
  const ran = nodes.findIndex(({ status, phase }) => status === 'RUNNING' && phase === null);
  for (const { at, message, setback } of ran === -1 ? nodes : nodes.slice(0, ran)) {
    if (setback !== null) out.line(`  ${out.paint('yellow', '!')} ${at} ${oneLine(message)}`);
  }
}

function accessText({ access, accessTokens }: Deployment): string {
  if (access === 'PUBLIC') return 'public';
  const tokens = `${count(accessTokens.length, 'token')} (${accessTokens.map(({ prefix }) => `${prefix}…`).join(', ')})`;
  return access === 'OAUTH' ? `OAuth, ${tokens}` : tokens;
}

function printReleases(out: Output, { releases, currentRelease }: Deployment): void {
  if (releases.edges.length < 2) return;
  out.line();
  out.line('  Releases');
  const rows = releases.edges.map(({ node }) => [
    node.id === currentRelease?.id ? '*' : '',
    String(node.number),
    oneLine(`${node.package} ${node.version}`),
    node.reason,
    node.failure ? `failed: ${oneLine(node.failure.message)}` : (node.liveAt ?? 'never live'),
  ]);
  for (const line of table(rows, out.columns(), '    ')) out.line(line);
}
