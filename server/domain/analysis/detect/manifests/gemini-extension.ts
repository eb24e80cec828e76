import { z } from 'zod';
import type { FileSet } from '../../files/file-set.ts';
import { quotedLines } from '../../files/quoted-lines.ts';
import { parseTolerantJson } from '../../files/tolerant-json.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

const FILE = /(?:^|\/)gemini-extension\.json$/;

/** `settings` of an extension: what Gemini CLI asks its user for, each with the variable that it sets. */
const extensionSchema = z.looseObject({
  settings: z
    .array(
      z
        .looseObject({
          name: z.string().optional(),
          description: z.string().optional(),
          envVar: z.string(),
          sensitive: z.boolean().optional(),
        })
        .nullable()
        .catch(null),
    )
    .catch([])
    .default([]),
});

/** The settings of an extension for Gemini CLI. Its launch is read with the other launches. */
export const detectGeminiSettings = (set: FileSet): EnvFinding[] =>
  set.files
    .filter(({ path }) => FILE.test(path))
    .flatMap(({ path, text }) => {
      const lineOf = quotedLines(text);
      const { settings } = extensionSchema.safeParse(parseTolerantJson(text)).data ?? { settings: [] };
      return settings.flatMap((setting): EnvFinding[] => {
        if (setting === null || !ENV_NAME.test(setting.envVar)) return [];
        const { name, description, envVar, sensitive } = setting;
        return [
          {
            name: envVar,
            evidence: evidenceOf('README', path, lineOf(envVar), name ?? null),
            ...(description ? { description } : {}),
            ...(sensitive === undefined ? {} : { secret: sensitive }),
          },
        ];
      });
    });
