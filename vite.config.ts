import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { themeVariablesCss } from './client/src/ui/theme-variables.ts';

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

const backend = process.env['CATWALK_DEV_BACKEND'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: 'client',
  plugins: [react(), themeVariables()],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    // Inlined assets would be data: URLs, which the content security policy does not allow for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: backend, ws: true },
      '/api': { target: backend },
    },
  },
});
