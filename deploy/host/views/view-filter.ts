import { randomBytes } from 'node:crypto';
import type { Call, Caller } from '../bridge/call.ts';
import { type Envelope, errorMessage, scan } from '../bridge/json-rpc.ts';
import { type Catalog, createCatalog } from './catalog.ts';
import type { CompiledView } from './compiled-view.ts';
import { type Member, membersOf, textOf } from './edit-members.ts';
import { createListChanges, type ListChanges } from './list-changes.ts';
import { type Hidden, hiddenIn } from './shown-list.ts';
import { answerForMissing } from './unknown-answer.ts';
import { showAnswer } from './view-answers.ts';
import type { ViewFilterDeps } from './view-filter-deps.ts';
import { isInView, listsFor, nameToFind, type PlanContext, planRequest, type RequestPlan } from './view-requests.ts';

/** Notifications of clients that mean the same in every view. */
const FROM_CLIENTS: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
]);
const FROM_CHILDREN: ReadonlySet<string> = new Set([
  'notifications/progress',
  'notifications/cancelled',
  'notifications/message',
  'notifications/elicitation/complete',
  'notifications/subscriptions/acknowledged',
]);

/**
 * Stands between one child and everything else: to sessions, replay buffers, translations between the eras and caches the
 * child is a server that has only what the view shows. So a leak would need a way past this file, not past each of theirs.
 */
export class ViewFilter {
  readonly viewId: string;
  readonly #deps: ViewFilterDeps;
  readonly #catalog: Catalog;
  readonly #changes: ListChanges;
  readonly #tasks = new Set<string>();
  readonly #unknown = `unknown-${randomBytes(9).toString('hex')}`;

  constructor(deps: ViewFilterDeps) {
    this.viewId = deps.viewId;
    this.#deps = deps;
    this.#catalog = createCatalog({ ask: deps.ask, now: deps.now });
    this.#changes = createListChanges({ ...deps, catalog: this.#catalog });
  }

  get #context(): PlanContext {
    return {
      viewId: this.viewId,
      view: this.#deps.view(),
      catalog: this.#catalog,
      unknown: this.#unknown,
      tasks: this.#tasks,
    };
  }

  /** A request on its way to the child; `message` has the child's id. `isPending`: it was not given up in between. */
  request<C extends Caller>(message: string, call: Call<C>, isPending: () => boolean): void {
    const envelope = scan(message);
    if (envelope === null) return;
    const method = envelope.method ?? '';
    const params = membersOf(envelope.text, envelope.params);
    const wait = this.#waitFor(method, params ?? []);
    if (wait === null) this.#decide(envelope, method, params, call);
    else
      void wait.then(() => {
        if (isPending()) this.#decide(envelope, method, params, call);
      });
  }

  /** Null where everything that the decision needs is known. */
  #waitFor(method: string, params: readonly Member[]): Promise<unknown> | null {
    const unread = listsFor(method).flatMap((list) => this.#catalog.ensure(list) ?? []);
    if (unread.length > 0) return Promise.all(unread);
    // The same for names that are hidden and for names that no tool has, so that time says nothing either.
    const sought = nameToFind(method, params);
    return sought === null || isInView(this.#context, sought) ? null : this.#catalog.lookAgain(sought.list);
  }

  #decide<C extends Caller>(envelope: Envelope, method: string, params: Member[] | null, call: Call<C>): void {
    const plan = planRequest(this.#context, method, params);
    if (plan.kind === 'refuse') {
      const refusal = scan(errorMessage(envelope.id, plan.code, plan.message));
      // After the call was made: who makes it does not expect its answer at once.
      if (refusal) queueMicrotask(() => this.#deps.answer(refusal));
      return;
    }
    call.shown = (answer) => this.#shown(answer, method, plan);
    const body = plan.params === null ? '' : `,"params":${plan.params}`;
    this.#deps.request(`{"jsonrpc":"2.0","id":${envelope.id},"method":"${method}"${body}}`);
    if (method === 'subscriptions/listen') this.#changes.begin();
  }

  #shown(answer: Envelope, method: string, plan: RequestPlan): Envelope {
    const view = this.#deps.view();
    if (plan.kind === 'missing')
      return answerForMissing(answer, plan.missing, {
        standIns: plan.standIns,
        hidden: this.#hiddenNames(view),
        isModern: this.#deps.isModern(),
      });
    const params = plan.kind === 'send' ? plan.params : null;
    const names = plan.kind === 'send' && plan.real !== undefined ? { real: plan.real, shown: plan.shown ?? '' } : {};
    return showAnswer({ viewId: this.viewId, view, hidden: this.#hidden(view), tasks: this.#tasks }, answer, {
      method,
      params,
      ...names,
    });
  }

  *#hiddenNames(view: CompiledView): Generator<string> {
    yield* this.#catalog.namesOf(view, 'tools/list').hidden;
    yield* this.#catalog.namesOf(view, 'prompts/list').hidden;
    yield* this.#catalog.namesOf(view, 'resources/list').hidden;
    for (const real of this.#catalog.namesOf(view, 'tools/list').shown) if (view.shownTool(real) !== real) yield real;
  }

  /** The names are gathered once for an answer, and only for one whose texts are looked at. */
  #hidden(view: CompiledView): Hidden {
    let names: ReadonlySet<string> | null = null;
    return hiddenIn(view, () => (names ??= new Set(this.#hiddenNames(view))));
  }

  /** A notification of a client, or an answer of one, on its way to the child. */
  send(message: string): void {
    const envelope = scan(message);
    if (envelope === null || (envelope.method !== null && !FROM_CLIENTS.has(envelope.method))) return;
    this.#deps.send(message);
    if (envelope.method === 'notifications/initialized') this.#changes.begin();
  }

  /** A request or a notification of the child. */
  receive(envelope: Envelope): void {
    const { method, id, text, params } = envelope;
    if (id !== null || FROM_CHILDREN.has(method ?? '')) {
      this.#deps.deliver(envelope);
      return;
    }
    const members = membersOf(text, params) ?? [];
    switch (method) {
      case 'notifications/resources/updated': {
        const uri = textOf(members, 'uri');
        if (uri !== null && this.#deps.view().showsResource(uri)) this.#deps.deliver(envelope);
        return;
      }
      case 'notifications/tasks/status':
        if (this.#tasks.has(textOf(members, 'taskId') ?? '')) this.#deps.deliver(envelope);
        return;
      default:
        this.#changes.announced(envelope);
    }
  }

  /** The rules of the view have changed: clients hear of the lists that they see differently. */
  rulesChanged(): void {
    this.#changes.compare();
  }
}
