/**
 * `npm start`: builds what is stale, then becomes the server in this same process. npm passes its signals to the shell
 * that runs the script, so the script replaces that shell (`exec`): a shell in between would end by itself and leave
 * the server and its machines running.
 */
import cluster from 'node:cluster';
import { buildStale } from './process/build-stale.ts';

const code = cluster.isPrimary ? await buildStale() : 0; // the other processes of CATWALK_PROCESSES run this file too
if (code !== 0) process.exit(code);
await import('./main.ts');
