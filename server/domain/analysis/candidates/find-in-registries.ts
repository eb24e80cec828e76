import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import type { ServerDocument } from '../detect/manifests/server-json.ts';
import type { RepositoryAddress } from '../registries/github.ts';
import type { PublishedPackage } from '../registries/indexed-package.ts';
import type { AnalysisWarning } from '../result.ts';
import { describePackage } from './analyze-package.ts';
import { analyzeDocument } from './analyze-registry.ts';
import { throughWeb } from './find-on-web.ts';
import { leadsBackTo } from './package-origin.ts';
import { claimsOf } from './published-candidate.ts';

const DOCUMENTS_MAX = 4;

/** A repository that GitHub does not show now, as far as registries know it. @throws the outage, when they do not. */
export async function throughRegistries(run: Run, address: RepositoryAddress, outage: UserError): Promise<Analyzed> {
  const { report } = run;
  await report('RESOLVE', 'RUNNING', `${outage.message} Searching the registries instead.`);
  const [documents, found] = await Promise.all([findDocuments(run, address), findOnNpm(run, address)]);
  const listed = await analyzeDocuments(run, documents);
  if (listed) {
    const warning = warningOf(outage, 'the registries alone; other servers of the repository may be missing');
    return { ...listed, result: { ...listed.result, warnings: [warning, ...listed.result.warnings] } };
  }
  if (found) {
    await report('RESOLVE', 'DONE', `${found.name} ${found.version} on npm says that it comes from this repository.`);
    const { described } = await describePackage(run, found, { isMeant: () => true });
    const warning = warningOf(outage, 'the registries alone; other servers of the repository may be missing');
    return { ...analyzedFrom([described], [warning]), isPartial: true };
  }
  const read = await throughWeb(run, address);
  if (!read) throw outage;
  const warning = warningOf(outage, 'a model that searched the web, and from the packages it named');
  return { ...read, result: { ...read.result, warnings: [warning, ...read.result.warnings] } };
}

const warningOf = (outage: UserError, origin: string): AnalysisWarning => ({
  code: outage.code,
  weight: 'CAUTION',
  message: `${outage.message} What you see comes from ${origin}.`,
});

async function findDocuments({ tools, signal }: Run, { owner, repo }: RepositoryAddress): Promise<ServerDocument[]> {
  try {
    return await tools.registry.findByRepository(owner, repo, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return []; // one outage has been reported already
  }
}

/** A monorepo has an entry for each server; one that leads nowhere does not hide the others. */
async function analyzeDocuments(run: Run, documents: ServerDocument[]): Promise<Analyzed | null> {
  const all: Analyzed[] = [];
  for (const document of documents.slice(0, DOCUMENTS_MAX)) {
    try {
      all.push(await analyzeDocument(run, document));
    } catch (error) {
      run.signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
    }
  }
  if (all.length === 0) return null;
  const candidates = new Map(all.flatMap(({ result }) => result.candidates.map((one) => [one.key, one] as const)));
  return {
    result: { candidates: [...candidates.values()], warnings: all.flatMap(({ result }) => result.warnings) },
    readmes: new Map(all.flatMap(({ readmes }) => [...readmes])),
    isPartial: true,
  };
}

/** At most three names that follow from the address. */
function namesFrom({ owner, repo }: RepositoryAddress): string[] {
  const name = repo.toLowerCase();
  const bare = name.replace(/-server$/, '');
  return [...new Set([name, `@${owner.toLowerCase()}/${name}`, bare])].slice(0, 3);
}

/** Only what says itself that it comes from there. */
async function findOnNpm({ tools, signal }: Run, address: RepositoryAddress): Promise<PublishedPackage | null> {
  const home = `${address.owner}/${address.repo}`;
  for (const name of namesFrom(address)) {
    try {
      const found = await tools.indexes.npm.getPackage(name, null, signal);
      if (claimsOf(found).some((claims) => leadsBackTo(home, claims))) return found;
    } catch (error) {
      signal.throwIfAborted();
      // not found, or npm is away too: the next name is tried, and after the last one the outage is reported
      if (!(error instanceof UserError)) throw error;
    }
  }
  return null;
}
