import { clientGuides } from '#server/connect/guides.ts';
import { LIMIT_KEYS, LIMITS } from '#server/connect/limits.ts';
import { TRIED_CLIENTS } from './clients.ts';
import { type Attempt, type ClientResult, LONG_STEPS } from './results.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ').trim();
const unique = (values: (string | null)[]): string[] => [...new Set(values.flatMap((value) => value ?? []))];

const COLUMNS = [
  'client',
  'token',
  'public',
  'OAuth',
  'sends first',
  'revision',
  'keeps a stream',
  'ends its session',
  'seen on',
];

/** The builds that a client reached with an access: `all`, or those that failed. */
function reached(attempts: readonly Attempt[], access: Attempt['access']): string {
  const tried = attempts.filter((attempt) => attempt.access === access);
  const failed = tried.filter(({ error }) => error !== null);
  if (tried.length === 0) return 'not driven';
  if (failed.length === 0) return tried.length === 1 ? 'yes' : 'all three';
  return failed.length === tried.length ? '**no**' : `not ${failed.map(({ build }) => build).join(', ')}`;
}

const revisions = (attempts: readonly Attempt[]): string => {
  const found = unique(attempts.map(({ revision }) => revision)).sort();
  const silent = attempts.some(({ namesRevision }) => namesRevision === false);
  return `${found.join(', ')}${silent ? ', without the header' : ''}`;
};

const yesNo = (attempts: readonly Attempt[], has: (attempt: Attempt) => boolean): string =>
  attempts.some(has) ? 'yes' : 'no';

function row({ label, package: name, attempts, seenOn }: ClientResult): string {
  const worked = attempts.filter(({ error }) => error === null);
  return [
    `${label}, \`${name}\``,
    reached(attempts, 'TOKEN'),
    reached(attempts, 'PUBLIC'),
    reached(attempts, 'OAUTH'),
    unique(attempts.map(({ first }) => first)).join('; '),
    revisions(worked),
    yesNo(worked, ({ keepsStream }) => keepsStream),
    yesNo(worked, ({ endsSession }) => endsSession),
    seenOn,
  ]
    .map(cell)
    .join(' | ');
}

const LONG_TITLES: Record<(typeof LONG_STEPS)[number], string> = {
  restart: 'call after a restart (404)',
  wake: 'call that wakes',
  slow: 'call of 65 s',
  rotation: 'call after the token ended (401)',
  changed: 'reads a changed list again',
};

/** The advice for the person, as the Connect tab and the doctor give it. */
const ADVICE: Record<(typeof LONG_STEPS)[number], string> = {
  wake: 'Set the deployment to never sleep (`catwalk sleep ID off`), or call again.',
  ...Object.fromEntries(LIMIT_KEYS.map((key) => [key, `${LIMITS[key].reason} ${LIMITS[key].remedy}`])),
} as Record<(typeof LONG_STEPS)[number], string>; // the keys of the limits are the other steps

function longRow({ label, long }: ClientResult): string {
  const cells = LONG_STEPS.map((step) => {
    const error = long?.[step];
    if (error === undefined) return '';
    if (error === null) return 'yes';
    return error.startsWith('One call fails') ? 'at the second call' : '**no**';
  });
  return [label, ...cells].map(cell).join(' | ');
}

function failures(results: readonly ClientResult[]): string[] {
  const lines: string[] = [];
  for (const { label, attempts, long } of results) {
    for (const { access, build, error } of attempts)
      if (error !== null) lines.push(`- ${label}, ${access} of ${build}: ${quoted(error)}`);
    for (const step of LONG_STEPS) {
      const error = long?.[step];
      if (typeof error === 'string') lines.push(`- ${label}, ${LONG_TITLES[step]}: ${quoted(error)}`);
    }
  }
  return lines;
}

/** The clients with instructions that no run follows, in a sentence. */
function untried(): string {
  const tried = new Set(TRIED_CLIENTS.map(({ guide }) => guide));
  const endpoint = { name: 'x', url: 'https://catwalk.example/', token: null, access: 'TOKEN' } as const;
  const labels = clientGuides(endpoint).flatMap(({ key, kind, label }) =>
    tried.has(key) || kind === 'other' ? [] : label,
  );
  return new Intl.ListFormat('en-US').format(labels);
}

const SECRET = /cwt?_[\w-]{8,}|\b[\da-f]{8}-[\da-f-]{27}\b|127\.0\.0\.1:\d+/g;
/** Values of one run would change the page each time. */
const quoted = (text: string): string => `“${cell(text.replaceAll(SECRET, '…')).slice(0, 260)}”`;

/** The page docs/compatibility.md. */
export function renderCompatibility(results: readonly ClientResult[]): string {
  const lasting = results.filter(({ long }) => long !== null);
  const failed = failures(results);
  return [
    '# Clients, as they behave',
    '',
    '`npm run interop [-- CLIENT…]` makes this page. It starts Catwalk on this computer behind a recorder, deploys one server in',
    'three builds (*legacy* only, *both* eras, *modern*: 2026-07-28 only), installs each client at its version into a folder of',
    'its own, sets it up with the instructions that `catwalk connect` gives for it, and notes what it sends. For',
    'OAuth a browser opens the link of the client and clicks Allow. No account is used. Rows of clients that a run leaves out',
    'stay as they are.',
    '',
    '*Token*, *public* and *OAuth* name the builds whose tools the client lists; OAuth is tried with the legacy build, and is',
    '*not driven* where the client asks for it only in its own dialogs.',
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...results.map((result) => `| ${row(result)} |`),
    '',
    '## While it is connected',
    '',
    'Clients that a program can keep connected live through a changed list, sleep, a restart, a slow call and the end of their',
    'token, in this order, with the legacy build.',
    '',
    `| client | ${LONG_STEPS.map((step) => LONG_TITLES[step]).join(' | ')} |`,
    `|---|${LONG_STEPS.map(() => '---').join('|')}|`,
    ...lasting.map((result) => `| ${longRow(result)} |`),
    '',
    'For the person:',
    '',
    ...LONG_STEPS.map((step) => `- *${LONG_TITLES[step]}*: ${ADVICE[step]}`),
    '',
    '## Not tried',
    '',
    `${untried()} have instructions from their documentation; \`server/connect/\` names the page, and the day of the comparison where it could be read.`,
    'Version 2 of `mcp-use` is a library for servers, and holds no client.',
    '',
    '## What the clients say',
    '',
    ...(failed.length > 0 ? failed : ['Every client connects everywhere.']),
    '',
  ].join('\n');
}
