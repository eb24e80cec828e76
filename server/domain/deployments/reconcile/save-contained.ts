import type { HostStatus } from '#deploy/host/contract.ts';
import type { ContainedAct, WallRule } from '#deploy/host/wall-contract.ts';
import { storable } from '../../storable.ts';
import { recordEvent } from '../rows/transition.ts';
import type { Step } from './step.ts';

const ACTS_MAX = 200;
/** A server that tries one name after another must not fill its timeline. */
const EVENTS_MAX = 20;
const SUBJECT_CHARACTERS_MAX = 300;

const SENTENCES: Record<WallRule, (subject: string) => string> = {
  EGRESS_NONE: (subject) => `The server tried to reach ${subject}, and its network is closed.`,
  EGRESS_NOT_LISTED: (subject) => `The server tried to reach ${subject}, which its list of hosts does not name.`,
  EGRESS_PRIVATE_ADDRESS: (subject) => `The server tried to reach ${subject}, which is a private address.`,
  MEMORY_LIMIT: (subject) => `A process of the server was ended at ${subject}.`,
  PROCESS_LIMIT: (subject) => `The server could not start a process because of ${subject}.`,
  DISK_LIMIT: (subject) => `The server could not write because of ${subject}.`,
};

const isKnown = ({ rule, subject }: ContainedAct): boolean =>
  Object.hasOwn(SENTENCES, rule) && subject.length <= SUBJECT_CHARACTERS_MAX;

/** Copies what the walls around a machine have stopped into the database; each new act becomes an event. */
export async function saveContained({ deps, view, guard }: Step, releaseId: string, status: HostStatus): Promise<void> {
  const acts = (status.contained ?? []).filter(isKnown);
  if (acts.length === 0) return;
  const { deployment } = view;
  const rows = await deps.prisma.containedAct.findMany({ where: { deploymentId: deployment.id } });
  const known = new Map(rows.map((row) => [`${row.rule} ${row.subject}`, row.lastAt.toISOString()]));
  const changed = acts.filter(({ rule, subject, lastAt }) => known.get(`${rule} ${storable(subject)}`) !== lastAt);
  if (changed.length === 0) return;
  await deps.database.transaction(async (tx) => {
    const current = await tx.deployment.findFirst({
      where: { id: deployment.id, generation: guard.generation, leaseOwner: guard.leaseOwner },
    });
    if (current === null) return; // another worker has the row, and reads them
    for (const act of changed) {
      const { rule, count } = act;
      const subject = storable(act.subject);
      const columns = { entry: storable(act.entry), count, lastAt: new Date(act.lastAt) };
      await tx.containedAct.upsert({
        where: { deploymentId_rule_subject: { deploymentId: deployment.id, rule, subject } },
        create: { deploymentId: deployment.id, rule, subject, firstAt: new Date(act.firstAt), ...columns },
        update: columns,
      });
    }
    const added = changed.filter(({ rule, subject }) => !known.has(`${rule} ${storable(subject)}`));
    for (const { rule, subject } of added.slice(0, EVENTS_MAX).reverse())
      await recordEvent(
        tx,
        deps.events,
        deployment,
        { status: current.status, phase: current.phase, message: SENTENCES[rule](subject), releaseId, facts: { rule } },
        deps.now(),
      );
    const old = await tx.containedAct.findMany({
      where: { deploymentId: deployment.id },
      orderBy: { lastAt: 'desc' },
      skip: ACTS_MAX,
    });
    for (const { rule, subject } of old)
      await tx.containedAct.deleteMany({ where: { deploymentId: deployment.id, rule, subject } });
    if (added.length === 0) await deps.events.publish(tx, 'deployment', deployment.id);
  });
}
