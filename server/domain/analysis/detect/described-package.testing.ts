import { describeServer } from './describe-server.ts';

/** The form of an npm package `x-mcp` that has these texts by path, with `index.js` as its entry. */
export const describePackage = (files: Record<string, string>) =>
  describeServer(
    {
      files: Object.entries(files).map(([path, text]) => ({ path, text })),
      paths: Object.keys(files),
      truncated: false,
    },
    (target) => target.kind === 'npm' && target.name === 'x-mcp',
    { entry: 'index.js', nameWords: ['X'] },
  );
