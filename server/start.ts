/**
 * `npm start`: builds what is stale, then becomes the server in this same process. npm passes its signals to the shell
 * that runs the script, so the script replaces that shell (`exec`): a shell in between would end by itself and leave
 * the server and its machines running.
 */
import cluster from 'node:cluster';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildStale } from './process/build/build-stale.ts';
import { INSTALLATION } from './process/installation.ts';

// Compiled code is kept beside the packages that it comes from; a folder that cannot be written is no error.
enableCompileCache(path.join(import.meta.dirname, '../node_modules/.cache/compiled'));

const code = cluster.isPrimary ? await buildStale() : 0; // the other processes of CATWALK_PROCESSES run this file too
if (code !== 0) process.exit(code);
await import(pathToFileURL(INSTALLATION.server).href);
