import { z } from 'zod';
import type { FileSet } from '../../files/file-set.ts';
import { quotedLines } from '../../files/quoted-lines.ts';
import { parseTolerantJson } from '../../files/tolerant-json.ts';
import { wholePlaceholder } from '../../source/placeholder.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

const FILE = /(?:^|\/)fastmcp\.json$/;

const configurationSchema = z.looseObject({
  deployment: z.looseObject({
    env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
  }),
});

/** The name of a variable in the whole value of another, as in `"API_KEY": "${MY_API_KEY}"`: the person sets that one. */
const referredTo = (value: string): string | null => {
  const name = wholePlaceholder(value)?.name ?? null;
  return name !== null && ENV_NAME.test(name) ? name : null;
};

/** The variables that the configuration of FastMCP for Python sets (`fastmcp.json`, `deployment.env`). */
export const detectFastmcpSettings = (set: FileSet): EnvFinding[] =>
  set.files
    .filter(({ path }) => FILE.test(path))
    .flatMap(({ path, text }) => {
      const { data } = configurationSchema.safeParse(parseTolerantJson(text));
      const lineOf = quotedLines(text);
      return Object.entries(data?.deployment.env ?? {}).flatMap(([name, value]): EnvFinding[] => {
        if (!ENV_NAME.test(name)) return [];
        const evidence = evidenceOf('README', path, lineOf(name), 'deployment.env');
        const isOpen = value === '' || referredTo(value) !== null;
        return [{ name, evidence, inSettings: true, ...(isOpen ? {} : { default: value }) }];
      });
    });
