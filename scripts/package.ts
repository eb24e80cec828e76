/**
 * Makes the package that people install, `dist/NAME-VERSION.tgz`: the server and the command line bundled, the dashboard
 * and the host built, the migrations, and nothing that only a build needs.
 *
 *   npm run package
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleServer } from './packaging/bundle.ts';
import { licensesOf } from './packaging/licenses.ts';
import { publishedManifest } from './packaging/manifest.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
const FOLDER = path.join(DIST, 'package');
const COPIED = ['README.md', 'CHANGELOG.md', 'LICENSE', 'server/cli/catwalk.mjs', 'prisma/migrations', 'dist/client'];

const copy = (file: string): void => {
  mkdirSync(path.join(FOLDER, path.dirname(file)), { recursive: true });
  cpSync(path.join(ROOT, file), path.join(FOLDER, file), {
    recursive: true,
    filter: (source) => path.basename(source) !== '.inputs', // what a build was made from
  });
};

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const file of [...COPIED, 'dist/host/host.cjs']) copy(file);
const bundled = await bundleServer(ROOT, path.join(FOLDER, 'dist/server'));
const manifest = publishedManifest(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
writeFileSync(path.join(FOLDER, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(path.join(FOLDER, 'LICENSES.md'), licensesOf(ROOT, bundled));

const packed = spawnSync('npm', ['pack', FOLDER, '--pack-destination', DIST, '--json', '--ignore-scripts'], {
  cwd: ROOT,
  encoding: 'utf8',
});
if (packed.status !== 0) {
  process.stderr.write(packed.stderr);
  process.exit(packed.status ?? 1);
}
const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]; // one package was packed
const file = path.join(DIST, filename);
process.stdout.write(`${path.relative(ROOT, file)} ${(statSync(file).size / 1e6).toFixed(1)} MB\n`);
