/** The relay as a program: `node main.ts SERVING COMMAND ARGS…`, where SERVING is HttpServing as JSON. */
import { runAsRelay } from './run-as-relay.ts';

runAsRelay(process.argv.slice(2));
