import type { CodegenConfig } from '@graphql-codegen/cli';

const CONFIG = {
  importExtension: '.ts' as const,
  enumsAsTypes: true,
  useTypeImports: true,
  strictScalars: true,
  scalars: { DateTime: 'string', JSON: 'unknown' },
};

/** Typed documents for the dashboard and the command line, from the printed schema alone: no server has to run. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  ignoreNoDocuments: true,
  generates: {
    'client/src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      documents: ['client/src/**/*.{ts,tsx}', '!client/src/generated/**', '!client/src/**/*.test.{ts,tsx}'],
      config: CONFIG,
    },
    // Only types are imported from here, so that the command line runs without them.
    'server/cli/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      documents: { 'server/cli/operations': { loader: './server/cli/operations/load-documents.ts' } },
      config: CONFIG,
    },
  },
};

export default config;
