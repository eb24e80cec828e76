import { IconExternalLink } from '@tabler/icons-react';
import { use } from 'react';
import { EvidenceSourceContext, evidenceHref } from './evidence-link.ts';
import classes from './Fields.module.css';

type Evidence = { kind: string; file?: string | null; line?: number | null; note?: string | null };

const KIND_LABELS: Record<string, string> = {
  SOURCE_CODE: 'source code',
  PACKAGE: 'package metadata',
  REGISTRY: 'MCP registry',
  README: 'README',
  SERVER_JSON: 'server.json',
  MCPB: 'manifest.json',
  SMITHERY: 'smithery.yaml',
  ENV_EXAMPLE: '.env.example',
  DOCKERFILE: 'Dockerfile',
  SNIPPET: 'your config',
  MODEL: 'AI reading of the README',
  START_FAILURE: 'the server’s error message',
  TRIAL: 'a start without credentials',
};

const labelOf = ({ kind, file, line }: Evidence): string =>
  file ? `${file}${line ? `:${line}` : ''}` : (KIND_LABELS[kind] ?? kind.toLowerCase());

/** Lists each location once, with a link where it has one. */
function locationsOf(evidence: readonly Evidence[], source: string | null) {
  const locations = new Map<string, string | null>();
  for (const one of evidence) {
    const label = labelOf(one);
    if (locations.has(label)) continue;
    locations.set(label, source && one.file ? evidenceHref(source, one.file, one.line ?? null) : null);
  }
  return [...locations].map(([label, href]) => ({ label, href }));
}

/** The tooltip lists the others. */
const LOCATIONS_SHOWN_MAX = 2;

type FieldNotesProps = {
  evidence: readonly Evidence[];
  helpUrl?: string | null | undefined;
  note?: string | null;
  unsure?: boolean;
};

/** Shows where a field was found, where to get its value, and what happens without it. */
export function FieldNotes({ evidence, helpUrl, note, unsure = false }: FieldNotesProps) {
  const source = use(EvidenceSourceContext);
  const locations = locationsOf(evidence, source);
  const help = helpUrl && /^https:\/\//.test(helpUrl) ? helpUrl : null;
  if (locations.length === 0 && !help && !note) return null;
  return (
    <p className={classes.notes}>
      {locations.length > 0 && (
        <span title={evidence.map((one) => [labelOf(one), one.note].filter(Boolean).join(': ')).join('\n')}>
          {unsure ? 'Possibly, from ' : 'From '}
          {locations.slice(0, LOCATIONS_SHOWN_MAX).map(({ label, href }, index) => (
            <span key={label}>
              {index > 0 && ', '}
              {href ? (
                <a href={href} target="_blank" rel="noreferrer noopener" className="link">
                  <code>{label}</code>
                </a>
              ) : (
                <code>{label}</code>
              )}
            </span>
          ))}
          {locations.length > LOCATIONS_SHOWN_MAX && ` and ${locations.length - LOCATIONS_SHOWN_MAX} more`}
        </span>
      )}
      {note && <span>{note}</span>}
      {help && (
        <a href={help} target="_blank" rel="noreferrer noopener" className="link">
          Get a key <IconExternalLink size={12} aria-label="(opens a new tab)" />
        </a>
      )}
    </p>
  );
}
