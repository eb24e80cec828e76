import type { RepositoryReading, RepositoryServer } from '../repository/read-repository.ts';
import type { Described, ServerCandidate } from '../result.ts';
import { builtNamesWarning } from './built-names-warning.ts';
import { findInstallation, type Installation, type Lookup, type RepositoryFacts } from './installation.ts';
import { NOT_DEPLOYABLE } from './not-deployable.ts';
import { servedOver } from './package-spec.ts';
import { remoteCandidate, transportOf } from './remote-candidate.ts';
import { withLocalNeed } from './with-local-need.ts';

type Outcome = { described: Described; isPartial: boolean };

const notesOf = ({ alternatives }: RepositoryServer, { note }: Installation): string | null => {
  const said = [
    ...(note ? [note] : []),
    ...(alternatives.length > 0 ? [`There is also ${alternatives.join(', and ')}.`] : []),
  ];
  return said.length > 0 ? said.join(' ') : null;
};

async function candidateOf(
  server: RepositoryServer,
  facts: RepositoryFacts,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<Outcome> {
  const key =
    `github:${facts.owner}/${facts.repo}${server.subfolder ? `/${server.subfolder}` : ''}#${server.manifest?.name ?? server.origin}`.toLowerCase();
  const found = await findInstallation(server, facts, lookup, key, signal);
  const candidate: ServerCandidate = {
    key,
    displayName: server.displayName,
    description: server.description ?? facts.description,
    runtime: found.runtime,
    deployable: found.spec !== null,
    notDeployableReason: found.spec === null ? (found.reason ?? NOT_DEPLOYABLE.source) : null,
    package: found.package,
    version: found.version,
    integrity: found.integrity,
    subfolder: server.subfolder,
    runCommand: [...found.runCommand, ...server.needs.fixedArguments].join(' '),
    arguments: server.needs.arguments,
    credentials: server.needs.credentials,
    verified: found.verified,
    verdict: 'MCP_SERVER',
    tools: server.needs.tools,
    notes: notesOf(server, found),
    spec: found.spec && servedOver(found.spec, server.needs.http),
    fixedArguments: server.needs.fixedArguments,
  };
  const described = {
    candidate,
    warnings: [...found.warnings, ...builtNamesWarning(server.needs.builtNames, key)],
    readme: server.readme,
  };
  return { described: withLocalNeed(described, server.localNeed), isPartial: found.isPartial };
}

/** Describes a repository without a server to run, as one candidate that states the reason. */
function verdictOnly(reading: RepositoryReading, facts: RepositoryFacts): Described {
  const name = `${facts.owner}/${facts.repo}`;
  const isLibrary = reading.verdict === 'LIBRARY';
  return {
    candidate: {
      key: `github:${name}`.toLowerCase(),
      displayName: facts.repo,
      description: facts.description,
      runtime: 'source',
      deployable: false,
      notDeployableReason: isLibrary
        ? 'This repository is a library for MCP servers or clients: it has no command to run. Paste a server that uses it.'
        : 'Nothing in this repository says that it is an MCP server. Paste the server itself, or run any stdio command with: catwalk host -- COMMAND.',
      package: name,
      version: null,
      integrity: null,
      subfolder: null,
      runCommand: name,
      arguments: [],
      credentials: [],
      verified: true,
      verdict: reading.verdict,
      tools: [],
      notes: null,
      spec: null,
      fixedArguments: [],
    },
    warnings: [],
  };
}

/** The documents of a repository give an address, and nothing to install. */
const remoteOf = (server: RepositoryServer, { owner, repo, description }: RepositoryFacts): Described => {
  const described = remoteCandidate({
    name: server.displayName,
    url: server.name,
    description: server.description ?? description,
    type: transportOf(server.name),
    headers: [],
    evidence: 'README',
  });
  const key = `github:${owner}/${repo}#remote`.toLowerCase();
  return { ...described, candidate: { ...described.candidate, key } };
};

/** The candidates of a repository, each looked up where it is published. Servers that can be deployed come first. */
export async function candidatesOfRepository(
  reading: RepositoryReading,
  facts: RepositoryFacts,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<{ described: Described[]; isPartial: boolean }> {
  const [only] = reading.servers;
  if (only?.origin === 'remote') return { described: [remoteOf(only, facts)], isPartial: false };
  if (reading.servers.length === 0) return { described: [verdictOnly(reading, facts)], isPartial: false };
  const outcomes = await Promise.all(reading.servers.map((server) => candidateOf(server, facts, lookup, signal)));
  const described = outcomes
    .map((outcome) => outcome.described)
    .sort((a, b) => Number(b.candidate.deployable) - Number(a.candidate.deployable));
  return { described, isPartial: outcomes.some((outcome) => outcome.isPartial) };
}
