import type { Json } from '../test-rig.ts';

/** A request for something hidden, and the same for something that no server has. */
export type LeakCase = { title: string; method: string; hidden: Json | string; missing: Json | string };

/** Names of tools that the view hides or has renamed, and other spellings of them; each with one that does not exist. */
const TOOLS: [string, string][] = [
  ['delete_repo', 'absent_repo'],
  ['admin_reset', 'absent_reset'],
  ['list_items', 'absent_items'],
  ['löschen', 'lischen_x'],
  ['lo\u0308schen', 'lischen_y'],
  ['__proto__', '__absent__'],
  ['ｄelete_repo', 'ａbsent_repo'],
  ['DELETE_REPO', 'ABSENT_REPO'],
  [' delete_repo', ' absent_repo'],
  ['delete_repo ', 'absent_repo '],
  ['delete_repo\u0000', 'absent_repo\u0000'],
  ['delete_repo\u200b', 'absent_repo\u200b'],
  ['./delete_repo', './absent_repo'],
  ['delete_*', 'absent_*'],
];

const RESOURCES: [string, string][] = [
  ['secret://vault', 'absent://vault'],
  ['docs://private/plan', 'docx://private/plan'],
  ['SECRET://vault', 'ABSENT://vault'],
  ['secret://%76ault', 'absent://%76ault'],
  ['docs://public/../private/plan', 'docx://public/../private/plan'],
  ['docs://private/./plan', 'docx://private/./plan'],
  ['docs://%70rivate/plan', 'docx://%70rivate/plan'],
  ['docs://%2570rivate/plan', 'docx://%2570rivate/plan'],
  ['docs://Private/plan', 'docx://Private/plan'],
  ['docs://ｐrivate/plan', 'docx://ｐrivate/plan'],
  ['docs://page/../private/plan', 'docx://page/../private/plan'],
  ['docs://page%2f..%2fprivate/plan', 'docx://page%2f..%2fprivate/plan'],
  [' secret://vault', ' absent://vault'],
  ['secret://any', 'absent://any'],
];

const forNames = (
  names: [string, string][],
  method: string,
  kind: string,
  paramsOf: (name: string) => Json | string,
): LeakCase[] =>
  names.map(([hidden, missing]) => ({
    title: `${method} ${kind} ${JSON.stringify(hidden)}`,
    method,
    hidden: paramsOf(hidden),
    missing: paramsOf(missing),
  }));

const raw = (title: string, method: string, hidden: string, missing: string): LeakCase => ({
  title: `${method} ${title}`,
  method,
  hidden,
  missing,
});

/** All ways to a hidden thing by a request. Both eras take each of them, unless it is a method of one era. */
export const LEAK_CASES: readonly LeakCase[] = [
  ...forNames(TOOLS, 'tools/call', 'of', (name) => ({ name, arguments: {} })),
  ...forNames([['delete_repo', 'absent_repo']], 'tools/call', 'without arguments', (name) => ({ name })),
  ...forNames([['delete_repo', 'absent_repo']], 'tools/call', 'as a task', (name) => ({ name, task: { ttl: 1000 } })),
  ...forNames([['admin_prompt', 'absent_prompt']], 'prompts/get', 'of', (name) => ({ name })),
  ...forNames([['ADMIN_prompt', 'ABSENT_prompt']], 'prompts/get', 'of', (name) => ({ name })),
  ...forNames(RESOURCES, 'resources/read', 'of', (uri) => ({ uri })),
  ...forNames([['admin_prompt', 'absent_prompt']], 'completion/complete', 'for the prompt', (name) => ({
    ref: { type: 'ref/prompt', name },
    argument: { name: 'who', value: '' },
  })),
  ...forNames([['secret://{name}', 'absent://{name}']], 'completion/complete', 'for the template', (uri) => ({
    ref: { type: 'ref/resource', uri },
    argument: { name: 'name', value: '' },
  })),
  raw(
    'with a name in capitals besides',
    'tools/call',
    '{"Name":"delete_repo","name":"absent_repo"}',
    '{"name":"absent_repo"}',
  ),
  raw(
    'with a name in other letters besides',
    'tools/call',
    '{"name":"absent_repo","ｎame":"delete_repo"}',
    '{"name":"absent_repo"}',
  ),
  raw('with two names', 'tools/call', '{"name":"absent_repo","name":"delete_repo"}', '{"name":"absent_repo"}'),
  raw('with a name in escapes', 'tools/call', String.raw`{"n\u0061me":"delete_repo"}`, '{"name":"absent_repo"}'),
  raw('with escapes in the name', 'tools/call', String.raw`{"name":"d\u0065lete_repo"}`, '{"name":"absent_repo"}'),
  raw(
    'with a uri in capitals besides',
    'resources/read',
    '{"URI":"secret://vault","uri":"absent://vault"}',
    '{"uri":"absent://vault"}',
  ),
  raw('by a method of its vendor', 'x/everything', '{}', '{}'),
  raw('by a method in capitals', 'TOOLS/LIST', '{}', '{}'),
  raw('with a made-up cursor', 'tools/list', String.raw`{"cursor":"\"delete_repo\""}`, '{"cursor":"absent"}'),
];

/** Methods that only the older revisions have. */
export const LEGACY_LEAK_CASES: readonly LeakCase[] = [
  ...forNames(RESOURCES, 'resources/subscribe', 'to', (uri) => ({ uri })),
  ...forNames([['secret://vault', 'absent://vault']], 'resources/unsubscribe', 'from', (uri) => ({ uri })),
  ...['tasks/get', 'tasks/result', 'tasks/cancel'].flatMap((method) =>
    forNames([['old', 'new']], method, 'of', (taskId) => ({ taskId })),
  ),
  raw('in capitals', 'tasks/get', '{"TASKID":"old","taskId":"new"}', '{"taskId":"new"}'),
];
