import { readFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { themeVariablesCss } from './client/src/ui/theme/theme-variables.ts';

const THEME_CSS = 'virtual:theme-variables.css';

/**
 * Mantine writes its theme variables into a <style> element at run time, which a strict `style-src 'self'` forbids.
 * The theme never changes at run time, so its variables become an ordinary stylesheet here.
 */
const themeVariables = (): Plugin => ({
  name: 'catwalk:theme-variables',
  resolveId: (id) => (id === THEME_CSS ? `\0${THEME_CSS}` : null),
  load: (id) => (id === `\0${THEME_CSS}` ? themeVariablesCss() : null),
});

const TYPED_TAG = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;
const GENERATED = path.resolve(import.meta.dirname, 'client/src/generated/graphql.ts');
const GENERATED_DOCUMENT = /^export const (\w+)Document = (\{.*\}) as unknown as DocumentNode/gm;
const DOCUMENT = 'virtual:document/';

/**
 * `graphql(`…`)` finds its document in a map of all of them, by their whole text. Here each call becomes an import of
 * its own document, which is a module of its own and travels with the page that uses it; fragments exist for the types
 * alone, so nothing of them remains.
 */
const typedDocuments = (): Plugin => {
  let documents = new Map<string, string>();
  return {
    name: 'catwalk:typed-documents',
    apply: 'build',
    buildStart: () => {
      const generated = readFileSync(GENERATED, 'utf8');
      documents = new Map([...generated.matchAll(GENERATED_DOCUMENT)].map(([, name = '', json = '']) => [name, json]));
    },
    resolveId: (id) => (id.startsWith(DOCUMENT) ? `\0${id}` : null),
    load: (id) => {
      if (!id.startsWith(`\0${DOCUMENT}`)) return null;
      const json = documents.get(id.slice(DOCUMENT.length + 1));
      if (!json) throw new Error(`No generated document for ${id.slice(1)}: run npm run codegen.`);
      return { code: `export default ${json};`, moduleSideEffects: false };
    },
    transform: {
      filter: { id: /\/client\/src\/.*\.tsx?$/, code: 'graphql(`' },
      handler: (code) => {
        const imports: string[] = [];
        const replaced = code.replace(TYPED_TAG, (_call, kind: string, name: string) => {
          if (kind === 'fragment') return 'undefined';
          imports.push(`import $${name} from '${DOCUMENT}${name}';`);
          return `$${name}`;
        });
        return { code: `${replaced}\n${imports.join('\n')}\n`, map: null };
      },
    },
  };
};

const backend = process.env['CATWALK_DEV_BACKEND'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: 'client',
  plugins: [
    typedDocuments(),
    react(),
    themeVariables(),
    // The server sends these forms as they are: see server/http/dashboard.ts.
    compression({ algorithms: ['brotliCompress', 'gzip'], threshold: 1_000, include: /\.(html|js|css|svg|json)$/ }),
  ],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    // Inlined assets would be data: URLs, which the content security policy does not allow for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // Every page begins with two files, and only the smaller one changes with our code; without this there would be
        // fifty, a kilobyte each.
        codeSplitting: {
          groups: [
            { name: 'libraries', test: /node_modules/, tags: ['$initial'] },
            { name: 'frame', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: backend, ws: true },
      '/api': { target: backend },
    },
  },
});
