import { type Envelope, replaceSpan, scan, scanBatch, slice } from '../bridge/json-rpc.ts';
import { fromWire, readable } from '../bridge/wire-values.ts';
import type { CompiledView } from './compiled-view.ts';
import { type Member, membersIn, rawOf, textOf, toObject, withMember } from './edit-members.ts';
import { sealCursor } from './sealed-cursor.ts';
import { showContent } from './shown-content.ts';
import { type Hidden, isListMethod, isScalar, showList, showOpening } from './shown-list.ts';

export type AnswerContext = {
  viewId: string;
  view: CompiledView;
  hidden: Hidden;
  tasks: Set<string>;
};

const TASKS_MAX = 10_000;

const keepTask = (tasks: Set<string>, id: string) => {
  tasks.add(id);
  if (tasks.size > TASKS_MAX) for (const oldest of tasks) return void tasks.delete(oldest);
};

/** The tasks that this view has started, of all that the child lists. */
const showTasks = ({ viewId, tasks }: AnswerContext, result: string): string => {
  const members: Member[] = [];
  for (const { name, value } of membersIn(result) ?? []) {
    if (name === 'nextCursor') members.push({ name, value: sealCursor(value, `${viewId}\ntasks/list`) });
    else if (name === 'tasks') {
      const own = (scanBatch(value) ?? []).filter((task) => tasks.has(textOf(membersIn(task) ?? [], 'taskId') ?? ''));
      members.push({ name, value: `[${own.join(',')}]` });
    } else if (isScalar(value)) members.push({ name, value });
  }
  return toObject(members);
};

/** Completions of an argument without those that name something hidden. The number of all is left out with one. */
const showCompletions = ({ view, hidden }: AnswerContext, result: string, params: string | null): string => {
  const request = membersIn(params ?? '') ?? [];
  const members = membersIn(result);
  const completion = membersIn(rawOf(members ?? [], 'completion') ?? '');
  if (members === null || completion === null) return result;
  const template = textOf(membersIn(rawOf(request, 'ref') ?? '') ?? [], 'uri');
  const argument = textOf(membersIn(rawOf(request, 'argument') ?? '') ?? [], 'name') ?? '';
  const isShown = (raw: string) => {
    const value = fromWire(raw);
    if (typeof value !== 'string' || hidden.has(value)) return false;
    if (template === null) return true;
    const uri = template.replaceAll(`{${argument}}`, () => value).replaceAll(`{+${argument}}`, () => value);
    return view.showsResource(uri);
  };
  const values = scanBatch(rawOf(completion, 'values') ?? '[]') ?? [];
  const shown = values.filter(isShown);
  if (shown.length === values.length) return result;
  const rest = completion.filter(({ name }) => name !== 'total');
  return toObject(withMember(members, 'completion', toObject(withMember(rest, 'values', `[${shown.join(',')}]`))));
};

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** An error speaks of the tool by the name that the client knows. */
const renameIn = (text: string, real: string, shown: string): string => {
  const said = readable(text);
  const by = JSON.stringify(shown).slice(1, -1);
  const renamed = said.replaceAll(
    new RegExp(`(?<![\\w-])${escaped(JSON.stringify(real).slice(1, -1))}(?![\\w-])`, 'g'),
    () => by,
  );
  return renamed === said ? text : Buffer.from(renamed, 'utf8').toString('latin1');
};

const withResult = (answer: Envelope, result: string): Envelope =>
  answer.result === null ? answer : (scan(replaceSpan(answer.text, answer.result, result)) ?? answer);

/** The child's answer to a request as the view shows it. `params` are those that the child got. */
export const showAnswer = (
  context: AnswerContext,
  answer: Envelope,
  sent: { method: string; params: string | null; real?: string; shown?: string },
): Envelope => {
  const { method, params, real, shown } = sent;
  const isRenamed = real !== undefined && shown !== undefined && real !== shown;
  if (answer.result === null)
    return isRenamed && answer.error !== null
      ? (scan(replaceSpan(answer.text, answer.error, renameIn(slice(answer.text, answer.error), real, shown))) ??
          answer)
      : answer;
  const result = slice(answer.text, answer.result);
  if (isListMethod(method)) {
    const list = `${context.viewId}\n${method}`;
    const seal = (cursor: string) => (cursor[0] === '"' ? sealCursor(cursor, list) : cursor);
    return withResult(answer, showList(context.view, method, result, { hidden: context.hidden, sealCursor: seal }));
  }
  switch (method) {
    case 'initialize':
    case 'server/discover':
      return withResult(answer, showOpening(context.view, result));
    case 'tools/call': {
      if (result.includes('"task')) {
        const members = membersIn(result) ?? [];
        const task = textOf(membersIn(rawOf(members, 'task') ?? '') ?? [], 'taskId') ?? textOf(members, 'taskId');
        if (task !== null) keepTask(context.tasks, task);
      }
      const isError = isRenamed && /"isError"\s*:\s*true/.test(result);
      const content = showContent(context.view, isError ? renameIn(result, real, shown) : result);
      return content === result ? answer : withResult(answer, content);
    }
    case 'prompts/get':
    case 'resources/read':
    case 'tasks/result':
    case 'tasks/get': {
      const content = showContent(context.view, result);
      return content === result ? answer : withResult(answer, content);
    }
    case 'tasks/list':
      return withResult(answer, showTasks(context, result));
    case 'completion/complete':
      return withResult(answer, showCompletions(context, result, params));
    default:
      return answer;
  }
};
