import { z } from 'zod';
import type { FileSet } from '../../files/file-set.ts';
import { createLineIndex } from '../../files/line-index.ts';
import { parseTolerantJson } from '../../files/tolerant-json.ts';
import { type EnvFinding, evidenceOf } from '../finding.ts';
import { markdownOf } from './markdown.ts';

const text = z.string().optional().catch(undefined);
const inputSchema = z.looseObject({
  id: z.string(),
  description: text,
  password: z.boolean().optional().catch(undefined),
  default: text,
  options: z.array(z.string()).optional().catch(undefined),
});
const blockSchema = z.looseObject({ inputs: z.array(inputSchema) });

/** `"NAME": "${input:id}"`, where a client puts what its user types. */
const USE = /"([A-Z][A-Z0-9_]{1,79})"\s{0,9}:\s{0,9}"\$\{input:([\w.-]{1,79})\}"/g;

function inputsIn(content: string, file: string, line: number): EnvFinding[] {
  if (!content.includes('${input:') || !content.includes('"inputs"')) return [];
  const start = content.indexOf('{');
  const parsed = blockSchema
    .or(z.looseObject({ mcp: blockSchema }).transform(({ mcp }) => mcp))
    .safeParse(start === -1 ? undefined : parseTolerantJson(content.slice(start)));
  if (!parsed.success) return [];
  const lineAt = createLineIndex(content);
  const inputs = new Map(parsed.data.inputs.map((input) => [input.id, input]));
  return [...content.matchAll(USE)].flatMap((match): EnvFinding[] => {
    const input = inputs.get(match[2] ?? '');
    if (!input) return [];
    const { description, password, default: fallback, options } = input;
    return [
      {
        name: match[1] ?? '',
        evidence: evidenceOf('README', file, line + lineAt(match.index) - 1, `input ${input.id}`),
        ...(description ? { description } : {}),
        ...(password === undefined ? {} : { secret: password }),
        ...(fallback ? { default: fallback } : {}),
        ...(options && options.length > 1 ? { choices: options } : {}),
      },
    ];
  });
}

/** Facts about variables from the `inputs` of VS Code's settings that fill them: the prompt, whether it is a password. */
export const detectClientInputs = (set: FileSet): EnvFinding[] =>
  set.files.flatMap((file) => {
    if (/\.mdx?$/i.test(file.path))
      return markdownOf(file).blocks.flatMap((block) => inputsIn(block.text, file.path, block.line));
    return /(?:^|\/)\.?mcp\.json$/.test(file.path) ? inputsIn(file.text, file.path, 1) : [];
  });
