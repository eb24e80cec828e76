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
  ['\ufeffdelete_repo', '\ufeffabsent_repo'],
  ['delete\u00ad_repo', 'absent\u00ad_repo'],
  ['\u202edelete_repo', '\u202eabsent_repo'],
  ['delete_repo\n', 'absent_repo\n'],
  ['delete_repo\t', 'absent_repo\t'],
  ['delete\u2010repo', 'absent\u2010repo'],
  ['%64elete_repo', '%61bsent_repo'],
  ['tools/delete_repo', 'tools/absent_repo'],
  ['delete_repo#1', 'absent_repo#1'],
  ['Admin_Reset', 'Absent_Reset'],
  ['𝗱elete_repo', '𝗮bsent_repo'],
  ['L\u00d6SCHEN', 'L\u00ccSCHEX'],
];

const PROMPTS: [string, string][] = [
  ['admin_prompt', 'absent_prompt'],
  ['ADMIN_prompt', 'ABSENT_prompt'],
  ['ａdmin_prompt', 'ａbsent_prompt'],
  [' admin_prompt ', ' absent_prompt '],
  ['admin_prompt\u200b', 'absent_prompt\u200b'],
  ['admin_*', 'absent_*'],
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
  ['secret:vault', 'absent:vault'],
  ['secret:///vault', 'absent:///vault'],
  ['secret://vault/', 'absent://vault/'],
  ['secret://vault?part=1', 'absent://vault?part=1'],
  ['secret://vault#part', 'absent://vault#part'],
  ['secret://ann@vault', 'absent://ann@vault'],
  [String.raw`secret:\\vault`, String.raw`absent:\\vault`],
  ['se\tcret://vault', 'ab\tsent://vault'],
  ['\ufeffsecret://vault', '\ufeffabsent://vault'],
  ['docs://private//plan', 'docx://private//plan'],
  ['docs://private/plan/', 'docx://private/plan/'],
  ['docs://private/plan?x=docs://readme', 'docx://private/plan?x=docs://readme'],
  [String.raw`docs://page\..\private\plan`, String.raw`docx://page\..\private\plan`],
  ['docs://page/%2e%2e/private/plan', 'docx://page/%2e%2e/private/plan'],
  ['docs://page/%252e%252e/private/plan', 'docx://page/%252e%252e/private/plan'],
  ['docs://PRIVATE/PLAN', 'docx://PRIVATE/PLAN'],
  ['docs://pr%69vate/%70lan', 'docx://pr%69vate/%70lan'],
  ['DOCS://%50rivate/plan', 'DOCX://%50rivate/plan'],
];

const TEMPLATES: [string, string][] = [
  ['secret://{name}', 'absent://{name}'],
  ['SECRET://{name}', 'ABSENT://{name}'],
  ['secret://{+name}', 'absent://{+name}'],
  ['secret://vault', 'absent://vault'],
  ['docs://private/{name}', 'docx://private/{name}'],
  ['docs://page/../private/{name}', 'docx://page/../private/{name}'],
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
  ...forNames(PROMPTS, 'prompts/get', 'of', (name) => ({ name })),
  ...forNames(RESOURCES, 'resources/read', 'of', (uri) => ({ uri })),
  ...forNames(PROMPTS, 'completion/complete', 'for the prompt', (name) => ({
    ref: { type: 'ref/prompt', name },
    argument: { name: 'who', value: '' },
  })),
  ...forNames(TEMPLATES, 'completion/complete', 'for the template', (uri) => ({
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
  raw(
    'with a name in a list',
    'tools/call',
    '{"name":["delete_repo"],"arguments":{}}',
    '{"name":["absent_repo"],"arguments":{}}',
  ),
  raw(
    'with a name in an object',
    'tools/call',
    '{"name":{"name":"delete_repo"},"arguments":{}}',
    '{"name":{"name":"absent_repo"},"arguments":{}}',
  ),
  raw('with a name below __proto__', 'tools/call', '{"__proto__":{"name":"delete_repo"}}', '{}'),
  raw(
    'with another view in _meta',
    'tools/call',
    '{"name":"delete_repo","_meta":{"catwalk/view":null,"view":"none"}}',
    '{"name":"absent_repo"}',
  ),
  raw(
    'with a hidden task in _meta',
    'tools/call',
    '{"name":"absent_repo","_meta":{"io.modelcontextprotocol/related-task":{"taskId":"old"}}}',
    '{"name":"absent_repo"}',
  ),
  raw(
    'with answers to questions that no call has',
    'tools/call',
    '{"name":"delete_repo","inputResponses":{"old":{}},"requestState":"old"}',
    '{"name":"absent_repo","inputResponses":{"old":{}},"requestState":"old"}',
  ),
  raw(
    'with two prompts',
    'prompts/get',
    '{"name":"absent_prompt","n\\u0061me":"admin_prompt"}',
    '{"name":"absent_prompt"}',
  ),
  raw('with a tool for a prompt', 'prompts/get', '{"name":"delete_repo"}', '{"name":"absent_repo"}'),
  raw('with a prompt for a tool', 'tools/call', '{"name":"admin_prompt"}', '{"name":"absent_prompt"}'),
  raw('with two URIs', 'resources/read', '{"uri":"absent://vault","uri":"secret://vault"}', '{"uri":"absent://vault"}'),
  raw('with URIs in a list', 'resources/read', '{"uri":["secret://vault"]}', '{"uri":["absent://vault"]}'),
  raw(
    'for a prompt with the URI of a template besides',
    'completion/complete',
    '{"ref":{"type":"ref/prompt","name":"absent","uri":"secret://{name}"},"argument":{"name":"name","value":""}}',
    '{"ref":{"type":"ref/prompt","name":"absent"},"argument":{"name":"name","value":""}}',
  ),
  raw(
    'for a template with the name of a prompt besides',
    'completion/complete',
    '{"ref":{"type":"ref/resource","uri":"absent://x","name":"admin_prompt"},"argument":{"name":"who","value":""}}',
    '{"ref":{"type":"ref/resource","uri":"absent://x"},"argument":{"name":"who","value":""}}',
  ),
  raw(
    'for two refs',
    'completion/complete',
    '{"ref":{"type":"ref/prompt","name":"absent"},"Ref":{"type":"ref/prompt","name":"admin_prompt"},"argument":{}}',
    '{"ref":{"type":"ref/prompt","name":"absent"},"argument":{}}',
  ),
  raw(
    'for a kind in capitals',
    'completion/complete',
    '{"ref":{"type":"REF/PROMPT","name":"admin_prompt"},"argument":{"name":"who","value":""}}',
    '{"ref":{"type":"REF/PROMPT","name":"absent_prompt"},"argument":{"name":"who","value":""}}',
  ),
  raw(
    'for a tool',
    'completion/complete',
    '{"ref":{"type":"ref/tool","name":"delete_repo"},"argument":{"name":"a","value":""}}',
    '{"ref":{"type":"ref/tool","name":"absent_repo"},"argument":{"name":"a","value":""}}',
  ),
  raw('by a method of its vendor', 'x/everything', '{}', '{}'),
  raw('by its name as a method', 'delete_repo', '{}', '{}'),
  raw('below the method of calls', 'tools/call/delete_repo', '{}', '{}'),
  raw('by a method that only one of both eras has', 'tools/get', '{"name":"delete_repo"}', '{"name":"absent_repo"}'),
  raw('by a question of servers', 'roots/list', '{"name":"delete_repo"}', '{"name":"absent_repo"}'),
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
