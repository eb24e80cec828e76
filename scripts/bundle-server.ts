/** Bundles what `npm start` runs, into `dist/server`: it starts faster than its sources and needs less memory. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { bundleServer } from './packaging/bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOLDER = path.join(ROOT, 'dist/server');

rmSync(FOLDER, { recursive: true, force: true }); // the names of shared files change with their content
await bundleServer(ROOT, FOLDER, { programs: ['server', 'child-program'], readable: true });
