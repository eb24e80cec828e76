import { IconExternalLink } from '@tabler/icons-react';
import { use } from 'react';
import { EvidenceSourceContext, evidenceHref } from './evidence-link.ts';
import classes from './Fields.module.css';

type Evidence = { kind: string; file?: string | null; line?: number | null; note?: string | null };

const KIND_WORDS: Record<string, string> = {
  SOURCE_CODE: 'source code',
  PACKAGE: 'package metadata',
  REGISTRY: 'MCP registry',
  README: 'README',
  SERVER_JSON: 'server.json',
  MCPB: 'manifest.json',
  SMITHERY: 'smithery.yaml',
  ENV_EXAMPLE: '.env.example',
  DOCKERFILE: 'Dockerfile',
  SNIPPET: 'what you pasted',
  MODEL: 'the model’s reading',
  START_FAILURE: 'the server’s own message',
};

const wordsOf = ({ kind, file, line }: Evidence): string =>
  file ? `${file}${line ? `:${line}` : ''}` : (KIND_WORDS[kind] ?? kind.toLowerCase());

/** Every place once, with its page on the web where it has one. */
function placesOf(evidence: readonly Evidence[], source: string | null) {
  const places = new Map<string, string | null>();
  for (const one of evidence) {
    const words = wordsOf(one);
    if (places.has(words)) continue;
    places.set(words, source && one.file ? evidenceHref(source, one.file, one.line ?? null) : null);
  }
  return [...places].map(([words, href]) => ({ words, href }));
}

/** At most so many places; the rest is in the tooltip. */
const PLACES_SHOWN = 2;

type FieldNotesProps = {
  evidence: readonly Evidence[];
  helpUrl?: string | null | undefined;
  note?: string | null;
  unsure?: boolean;
};

/** Why Catwalk asks for a field, where to get its value, and what happens without it. */
export function FieldNotes({ evidence, helpUrl, note, unsure = false }: FieldNotesProps) {
  const source = use(EvidenceSourceContext);
  const places = placesOf(evidence, source);
  const help = helpUrl && /^https:\/\//.test(helpUrl) ? helpUrl : null;
  if (places.length === 0 && !help && !note) return null;
  return (
    <p className={classes.notes}>
      {places.length > 0 && (
        <span title={evidence.map((one) => [wordsOf(one), one.note].filter(Boolean).join(': ')).join('\n')}>
          {unsure ? 'Perhaps, from ' : 'From '}
          {places.slice(0, PLACES_SHOWN).map(({ words, href }, index) => (
            <span key={words}>
              {index > 0 && ', '}
              {href ? (
                <a href={href} target="_blank" rel="noreferrer noopener" className="link">
                  <code>{words}</code>
                </a>
              ) : (
                <code>{words}</code>
              )}
            </span>
          ))}
          {places.length > PLACES_SHOWN && ` and ${places.length - PLACES_SHOWN} more`}
        </span>
      )}
      {note && <span>{note}</span>}
      {help && (
        <a href={help} target="_blank" rel="noreferrer noopener" className="link">
          Where to get it <IconExternalLink size={12} aria-label="(opens a new tab)" />
        </a>
      )}
    </p>
  );
}
