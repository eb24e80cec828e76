import type { HttpServing } from '#deploy/host/package-spec.ts';
import type { Run } from '../context.ts';
import { chosenHttp } from '../detect/http-serving.ts';
import type { Manifest } from '../repository/manifest.ts';
import type { RepositoryReading, RepositoryServer } from '../repository/read-repository.ts';
import type { Described } from '../result.ts';
import type { GitTarget } from '../source/package-target.ts';
import { githubOf } from '../source/package-target.ts';
import { applyLaunch, type PastedLaunch } from './apply-launch.ts';
import { candidatesOfRepository } from './repository-candidates.ts';
import { unsupportedCandidate } from './unsupported-candidate.ts';

type GitLaunch = PastedLaunch & { target: GitTarget };

const languageOf = ({ installer }: GitTarget): Manifest['language'] => (installer === 'npm' ? 'node' : 'python');

/** The server that the launch starts: the one in its folder with its command, else the only one that fits. */
function serverOf(reading: RepositoryReading, target: GitTarget): RepositoryServer | undefined {
  const fitting = reading.servers.filter(({ manifest }) => manifest?.language === languageOf(target));
  const inFolder = fitting.filter(({ subfolder }) => subfolder === target.subfolder);
  const { bin } = target;
  return (
    (bin === null ? undefined : inFolder.find(({ manifest }) => manifest && bin in manifest.bins)) ??
    inFolder[0] ??
    (fitting.length === 1 ? fitting[0] : undefined)
  );
}

/** A pasted launch that names the transport outweighs the code. */
const servingOf = ({ needs }: RepositoryServer, { launch, target }: GitLaunch): HttpServing | null => {
  const chosen = chosenHttp(target.args, launch.env);
  if (chosen?.by !== 'TRANSPORT') return needs.http;
  return { ...needs.http, ...(chosen.portFlag === undefined ? {} : { portFlag: chosen.portFlag }) };
};

/** A server that nothing in the repository describes: its launch was pasted, so it is installed as that says. */
const unknownServer = (target: GitTarget, name: string): RepositoryServer => ({
  subfolder: target.subfolder,
  origin: 'git-pypi',
  name: target.bin ?? name,
  displayName: name,
  description: null,
  manifest: null,
  needs: { credentials: [], arguments: [], fixedArguments: [], tools: [], builtNames: [], http: null },
  localNeed: null,
  readme: '',
  alternatives: [],
});

/** A pasted launch straight from git: the ref, the folder and the command that it names, not what is published. */
export async function analyzeGitLaunch(
  run: Run,
  pasted: GitLaunch,
  name: string,
): Promise<{ described: Described[]; isPartial: boolean }> {
  const { target } = pasted;
  const { tools, report, signal } = run;
  const repository = githubOf(target);
  if (!repository) return { described: [unsupportedCandidate('local', name, target.spec)], isPartial: false };
  const { owner, repo } = repository;
  await report('RESOLVE', 'RUNNING', `Reading ${owner}/${repo} from GitHub.`);
  const { files, ...facts } = await tools.github.readRepository(
    { owner, repo, ref: target.ref, treePath: null },
    signal,
  );
  await report('RESOLVE', 'DONE', `${facts.owner}/${facts.repo} at ${facts.commit.slice(0, 12)}.`);
  await report('COLLECT', 'DONE', `${files.files.length} files read.`);
  await report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
  const reading = await tools.detector.readRepository(signal, {
    owner: facts.owner,
    repo: facts.repo,
    files,
    subfolder: target.subfolder,
  });
  const origin = target.installer === 'npm' ? 'git-npm' : 'git-pypi';
  const found = serverOf(reading, target) ?? unknownServer(target, name);
  const server: RepositoryServer = { ...found, origin, needs: { ...found.needs, http: servingOf(found, pasted) } };
  const own: RepositoryReading = { ...reading, verdict: 'MCP_SERVER', servers: [server] };
  const { described, isPartial } = await candidatesOfRepository(own, facts, tools, signal);
  return { described: described.map((one) => applyLaunch(one, pasted)), isPartial };
}
