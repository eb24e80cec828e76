import { IconExternalLink } from '@tabler/icons-react';
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
  const places = [...new Set(evidence.map(wordsOf))];
  const help = helpUrl && /^https:\/\//.test(helpUrl) ? helpUrl : null;
  if (places.length === 0 && !help && !note) return null;
  return (
    <p className={classes.notes}>
      {places.length > 0 && (
        <span title={evidence.map((one) => [wordsOf(one), one.note].filter(Boolean).join(': ')).join('\n')}>
          {unsure ? 'Perhaps, from ' : 'From '}
          {places.slice(0, PLACES_SHOWN).map((place, index) => (
            <span key={place}>
              {index > 0 && ', '}
              <code>{place}</code>
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
