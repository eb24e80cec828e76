import { canonicalText } from '#deploy/host/definition-text.ts';
import { isObject } from './schema-effect.ts';

/** The hints of a tool, with the defaults of the specification (2025-11-25, ToolAnnotations). */
const DEFAULTS: Readonly<Record<string, boolean>> = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

const SENTENCES: Readonly<Record<string, readonly [whenTrue: string, whenFalse: string]>> = {
  readOnlyHint: ['The tool says now that it only reads.', 'The tool no longer says that it only reads.'],
  destructiveHint: ['The tool may destroy data now.', 'The tool says now that it destroys nothing.'],
  idempotentHint: [
    'The tool says now that a repeated call changes nothing more.',
    'A repeated call may change more now.',
  ],
  openWorldHint: ['The tool may reach the outside world now.', 'The tool says now that it stays within its own data.'],
};

/** The hints that count for clients: of a tool that only reads, two mean nothing. */
function effective(annotations: unknown): Record<string, unknown> {
  const given = isObject(annotations) ? annotations : {};
  const { title: _title, ...others } = { ...DEFAULTS, ...given };
  return others['readOnlyHint'] === true ? { ...others, destructiveHint: false, idempotentHint: false } : others;
}

/** A sentence for each hint that clients act on, and that means something else now. A title is not one of them. */
export function compareAnnotations(before: unknown, after: unknown): string[] {
  const [was, is] = [effective(before), effective(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
    if (canonicalText(was[name]) === canonicalText(is[name])) return [];
    const [whenTrue, whenFalse] = SENTENCES[name] ?? [];
    const text = is[name] === true ? whenTrue : is[name] === false ? whenFalse : undefined;
    return [text ?? `The annotation “${name}” changed.`];
  });
}
