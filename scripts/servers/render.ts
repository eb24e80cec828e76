import type { ServerResult } from './results.ts';
import { SURPRISES } from './surprises.ts';

type Observed = ServerResult['bare'];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ').trim();
const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);
const REASON_CHARACTERS_MAX = 110;

function startOf({ start, exitCode, reason }: Observed): string {
  const said = reason ? ` ${reason.stream}: “${cut(reason.text, REASON_CHARACTERS_MAX)}”` : '';
  if (start === 'answers') return 'answers';
  if (start === 'exits') return `exits with ${exitCode ?? 'a signal'};${said || ' says nothing'}`;
  return start === 'hangs' ? `no answer in 20 s;${said || ' says nothing'}` : `error to \`initialize\`;${said}`;
}

const yesNo = (value: boolean | null): string => (value === null ? '' : value ? 'yes' : '**no**');

/** A file name that differs from run to run is shown by its folder. */
const placeOf = ({ where, file }: ServerResult['written'][number]): string => {
  const parts = file.split('/');
  return `${where}: ${parts.length > 2 ? `${parts.slice(0, 2).join('/')}/…` : file}`;
};

function row({ package: name, version, words, bare, filled, placeholders, written, seenOn }: ServerResult): string {
  const seen = filled ?? bare;
  const { before, modern, revision, capabilities, unimplemented, tools, textIds, endsWithInput, cost } = seen;
  const eras = revision === null ? '' : `${revision}${modern ? ', 2026-07-28' : ''}`;
  const places = [...new Set(written.map(placeOf))];
  return [
    `\`${name}\` ${version}${words.length > 0 ? ` \`${words.join(' ')}\`` : ''}`,
    startOf(bare),
    filled ? `${startOf(filled)} (${placeholders.map((one) => `\`${one}\``).join(', ')})` : '',
    `${before.stdout} / ${before.stderr}`,
    eras,
    capabilities.join(', '),
    unimplemented.join(', '),
    tools === null ? '' : String(tools),
    places.join(', '),
    yesNo(endsWithInput),
    yesNo(textIds),
    cost ? `${cost.megabytes} MB, ${cost.seconds.toFixed(1)} s` : '',
    seenOn,
  ]
    .map(cell)
    .join(' | ');
}

const COLUMNS = [
  'server',
  'without credentials',
  'with placeholders',
  'lines before the answer (stdout / stderr)',
  'revisions',
  'capabilities',
  'declared, not given',
  'tools',
  'writes',
  'ends with stdin',
  'ids as texts',
  'memory, processor to the first answer',
  'seen on',
];

function summary(results: readonly ServerResult[]): string[] {
  const count = (has: (result: ServerResult) => boolean): number => results.filter(has).length;
  const answering = results.flatMap(({ bare, filled }) => [filled ?? bare]).filter(({ start }) => start === 'answers');
  const of = (has: (seen: Observed) => boolean): string => `${answering.filter(has).length} of ${answering.length}`;
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return [
    `- Without credentials ${count(({ bare }) => bare.start === 'answers')} of ${results.length} answer, ${count(({ bare }) => bare.start === 'exits')} exit, ${count(({ bare }) => bare.start === 'hangs')} give no answer within 20 s, and ${count(({ bare }) => bare.start === 'refuses')} answer \`initialize\` with an error.`,
    `- Of those that exit, ${count(({ bare }) => bare.start === 'exits' && bare.exitCode === 0)} exit with code 0, and ${count(({ bare }) => bare.start === 'exits' && bare.reason?.stream === 'stdout')} give the reason on stdout.`,
    `- ${of(({ modern }) => modern === true)} that answer speak 2026-07-28 too.`,
    `- ${of(({ before }) => before.stdout > 0)} write text to stdout before they answer, which is reserved for messages.`,
    `- ${of(({ unimplemented }) => unimplemented.length > 0)} declare a capability whose list they do not give.`,
    `- ${of(({ endsWithInput }) => endsWithInput === false)} still run 4 s after their input has ended.`,
    `- ${of(({ textIds }) => textIds === false)} do not answer a request whose id is a text.`,
    `- ${count(({ written }) => written.some(({ where }) => where === 'code'))} write beside their code, ${count(({ written }) => written.some(({ where }) => where === 'HOME'))} below HOME, and ${count(({ written }) => written.some(({ where }) => where === 'work'))} into the working directory.`,
    `- To the first answer: ${median(answering.map(({ cost }) => cost?.megabytes ?? 0))} MB and ${median(answering.map(({ cost }) => cost?.seconds ?? 0)).toFixed(1)} processor seconds in the median, ${Math.max(0, ...answering.map(({ cost }) => cost?.megabytes ?? 0))} MB and ${Math.max(0, ...answering.map(({ cost }) => cost?.seconds ?? 0)).toFixed(1)} s at most.`,
  ];
}

/** The page docs/servers.md. */
export function renderServers(results: readonly ServerResult[]): string {
  return [
    '# Servers, as they behave',
    '',
    '`npm run servers -- [PACKAGE…]` makes this page: it installs packages at their versions, without install scripts, and',
    'starts the command of each with Node in a box without a network, with an empty HOME and no variables, opens a',
    'session of 2025-11-25, reads every list that the server declares, and closes its input. A second process is asked for',
    '2026-07-28. A server that does not answer is started again with placeholders for the variables without which it ends.',
    'Rows are kept, so a run over some packages replaces theirs alone.',
    '',
    ...summary(results),
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...results.map((result) => `| ${row(result)} |`),
    '',
    '## What Catwalk does about it',
    '',
    '| servers | Catwalk | held by |',
    '|---|---|---|',
    ...SURPRISES.map(({ seen, handled, file, test }) => `| ${seen} | ${handled} | [${cell(test)}](../${file}) |`),
    '',
  ].join('\n');
}
