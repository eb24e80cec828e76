import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

const MODULE = /[\\/](query_compiler_\w+\.\w+)\.wasm-base64\.mjs$/;
const BASE64 = /^const wasm = "([A-Za-z0-9+/=]+)";\s*export \{ wasm \}\s*$/;

/**
 * Takes the WebAssembly of Prisma's query compiler out of its module into a file beside the bundle. As text in base64 it
 * would stay in memory twice, 4.5 MB each: as a value, and as the source of the module. Prisma's client gives the value to
 * `Buffer.from`, which asks an object for what it stands for.
 */
export const wasmFile = (folder: string): Plugin => ({
  name: 'wasm-file',
  setup(build) {
    build.onLoad({ filter: MODULE }, async ({ path: module }) => {
      const base64 = BASE64.exec(await readFile(module, 'utf8'))?.[1];
      if (base64 === undefined) throw new Error(`${module} does not hold WebAssembly as base64.`);
      const file = `${MODULE.exec(module)?.[1]}.wasm`;
      await writeFile(path.join(folder, file), Buffer.from(base64, 'base64'));
      return {
        contents: `
          import { readFileSync } from 'node:fs';
          export const wasm = { valueOf: () => readFileSync(new URL(${JSON.stringify(file)}, import.meta.url)) };
        `,
      };
    });
  },
});
