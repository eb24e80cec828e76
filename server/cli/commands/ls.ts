import { connect } from '../connection.ts';
import { listDeployments, readableUrl } from '../find-deployment.ts';
import { table } from '../layout.ts';
import type { DeploymentSummary } from '../operations/deployment.ts';
import { LIST_SHARED_DEPLOYMENTS } from '../operations/sharing.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { paintStatus, statusText } from '../status-text.ts';

export async function ls(shell: Shell): Promise<void> {
  const client = await connect(shell);
  const deployments = await listDeployments(client);
  const shared = await client.ask(LIST_SHARED_DEPLOYMENTS);
  if (shell.json) {
    printJson(shell, deployments);
    return;
  }
  const { out } = shell.terminal;
  if (deployments.length === 0 && shared.length === 0) {
    out.line('No deployments yet. Try: catwalk deploy @modelcontextprotocol/server-everything');
    return;
  }
  const [head = '', ...lines] = table(
    [['ID', 'STATUS', 'NAME', 'PACKAGE', 'ENDPOINT'], ...deployments.map(rowOf)],
    out.columns(),
  );
  out.line(out.paint('dim', head));
  lines.forEach((line, at) => {
    out.line(paintStatus(out, line, deployments[at]));
  });
  for (const { name, ownerName, endpointUrl } of shared)
    out.line(`${oneLine(name)} of ${oneLine(ownerName)}, shared with you for use: ${endpointUrl}`);
}

function rowOf(deployment: DeploymentSummary): string[] {
  const release = deployment.currentRelease ?? deployment.targetRelease;
  return [
    deployment.databaseId.slice(0, 8),
    statusText(deployment),
    oneLine(deployment.name),
    release ? `${oneLine(release.package)} ${release.version}${newerText(deployment)}` : '',
    readableUrl(deployment),
  ];
}

const newerText = ({ newerVersion }: DeploymentSummary): string =>
  newerVersion === null ? '' : ` (${oneLine(newerVersion)} is available)`;
