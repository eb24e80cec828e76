/**
 * How good the analysis is:
 *
 *   npm run bench:analysis                  real repositories of the corpus beside the checkout (skipped without it), then
 *                                           15 popular servers from the npm registry, their tarballs read, then the
 *                                           forms of other npm packages against the truth of form-servers.json, then how
 *                                           late the event loop is while a large bundle is analyzed
 *   npm run bench:analysis -- --deploy      and each of the 15 deployed and handshaken on this computer, one after another
 *   npm run bench:analysis -- --only npm    one part only (corpus, npm, forms or delay); --server NAME only that one
 *   npm run bench:analysis -- --only forms --start
 *                                           and each package of the forms deployed, its form filled in with dummies
 *   npm run bench:analysis -- --untouched   and the packages that no rule was written for, reported apart
 *   npm run bench:analysis -- --truths FILE another file of truths than form-servers.json
 *   npm run bench:analysis -- --verbose     every name that is missing, wrong or misplaced
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreCorpus } from './analysis-corpus.ts';
import { measureDelay } from './analysis-delay.ts';
import { deployPopular } from './analysis-deploy.ts';
import { scoreForms } from './analysis-forms.ts';
import { scorePopular } from './analysis-popular.ts';
import { startForms } from './analysis-starts.ts';
import { recordSkipped } from './figures.ts';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: join(import.meta.dirname, '../../shared/corpus') },
    only: { type: 'string' },
    server: { type: 'string' },
    deploy: { type: 'boolean', default: false },
    start: { type: 'boolean', default: false },
    truths: { type: 'string' },
    untouched: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const isWanted = (part: 'corpus' | 'npm' | 'forms' | 'delay'): boolean =>
  (values.only === undefined || values.only === part) &&
  (values.server === undefined || part === (values.only ?? 'npm'));

if (isWanted('corpus')) {
  if (existsSync(values.corpus)) await scoreCorpus(values.corpus, values.verbose);
  else recordSkipped(`no corpus at ${values.corpus}; --corpus names its folder.`);
}
if (isWanted('npm')) {
  await scorePopular({ only: values.server, verbose: values.verbose });
  if (values.deploy) await deployPopular({ only: values.server });
}
if (isWanted('forms')) {
  const { server: only, truths, verbose, untouched } = values;
  await scoreForms({ only, truths, verbose, untouched });
  if (values.start) await startForms({ only, truths, untouched });
}
if (isWanted('delay')) await measureDelay();
