/** Prints the addresses of all modules that tracing loads for the collector in its argument. */
import { registerHooks } from 'node:module';

const loaded: string[] = [];
registerHooks({
  load: (url, context, next) => {
    loaded.push(url);
    return next(url, context);
  },
});
const { openTracing } = await import('#server/tracing/open-tracing.ts');
const tracing = await openTracing({ endpoint: process.argv[2] || undefined, version: '1', onWarning: () => {} });
await tracing?.close();
process.stdout.write(loaded.join('\n'));
