/**
 * Compares the production tree of package-lock.json with the list of advisories in security/advisories.json:
 *
 *   node scripts/advisories.ts                fails for a match that security/explanations.json does not explain
 *   node scripts/advisories.ts --update [URL] first reads the advisories of an OSV service (https://api.osv.dev) into
 *                                             the list; advisories that were entered by hand stay
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type AdvisoryList, advisoryListSchema, explanationsSchema } from './advisories/advisory.ts';
import { fetchAdvisories } from './advisories/fetch-advisories.ts';
import { findProblems, matchAdvisories } from './advisories/match.ts';
import { readProductionTree } from './advisories/production-tree.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const LIST_FILE = path.join(ROOT, 'security/advisories.json');
const EXPLANATIONS_FILE = path.join(ROOT, 'security/explanations.json');
const OSV_URL = 'https://api.osv.dev';

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

async function updateList(list: AdvisoryList, serviceUrl: string): Promise<AdvisoryList> {
  const fetched = await fetchAdvisories(serviceUrl, tree);
  const byId = new Map([...list.advisories, ...fetched].map((advisory) => [advisory.id, advisory]));
  const updated = {
    comparedOn: new Date().toISOString().slice(0, 10),
    source: serviceUrl,
    advisories: [...byId.values()].sort((a, b) => a.id.localeCompare(b.id)),
  };
  writeFileSync(LIST_FILE, `${JSON.stringify(updated, null, 2)}\n`);
  return updated;
}

function failUnread(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The advisories could not be read, and the list stays as it is: ${reason}\n`);
  process.exit(1);
}

const { values, positionals } = parseArgs({
  options: { update: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const tree = readProductionTree(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const kept = advisoryListSchema.parse(read(LIST_FILE));
const list = values.update ? await updateList(kept, positionals[0] ?? OSV_URL).catch(failUnread) : kept;
const problems = findProblems(
  matchAdvisories(list.advisories, tree),
  explanationsSchema.parse(read(EXPLANATIONS_FILE)),
);

for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) {
  process.stderr.write(
    'Update the package, or explain in security/explanations.json why the advisory does not matter.\n',
  );
  process.exit(1);
}
process.stdout.write(
  `${tree.length} packages and ${list.advisories.length} advisories compared; the list is of ${list.comparedOn}.\n`,
);
