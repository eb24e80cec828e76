import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import {
  openPersonalValues,
  type PersonalValues,
  replacePersonalValues,
} from '#server/domain/credentials/personal-values.ts';
import type { KeyValue } from '../form/key-value.ts';
import type { FormValues } from '../form/payload.ts';
import { parseFields } from '../rows/fields.ts';
import { checkPersonal, OWNERS_VALUE_HINT } from './check-personal.ts';
import { checkOwnValues, requireWhole } from './own-values.ts';
import { splitFields } from './personal-form.ts';

export type ChangedFields = {
  personalFields: string[];
  /** The form with the values that all callers share from now on. */
  values: FormValues;
};

const asRecord = (pairs: readonly KeyValue[]): PersonalValues =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

/**
 * Changes which fields of a locked deployment are personal. A shared value of a field that becomes personal stays the
 * owner's own; values of a field that becomes shared are deleted, everyone's. Null when nothing changes.
 */
export async function changePersonalFields(
  deps: { envelopes: Envelopes; now: () => Date },
  tx: Transaction,
  actor: Actor,
  input: {
    access?: Deployment['access'] | null;
    personalFields?: readonly string[] | null;
    credentials?: KeyValue[] | null;
  },
  deployment: Deployment,
  latest: { runtime: string; form: FormValues },
): Promise<ChangedFields | null> {
  const { personalFields: chosen, credentials: given } = input;
  if (chosen == null) return null;
  const fields = parseFields(deployment.fields);
  const access = input.access ?? deployment.access;
  const personalFields = checkPersonal(fields, latest.runtime, { personalFields: chosen, access });
  const isPersonal = ({ name }: { name: string }) => personalFields.includes(name);
  if (personalFields.join() === [...deployment.personalFields].sort().join()) return null;

  const { ownerId } = deployment;
  // A value that another owner enters is the value of that person.
  const isOwner = actor.userId === ownerId;
  const rows = await tx.personalValues.findMany({ where: { deploymentId: deployment.id } });
  const { personal } = splitFields(fields, personalFields);
  const entered = checkOwnValues(personal, (given ?? []).filter(isPersonal));
  let owners: PersonalValues = {
    ...asRecord(latest.form.credentials.filter(isPersonal)), // checked when it was shared
    ...(isOwner ? entered : {}),
  };
  for (const row of rows) {
    const before = await openPersonalValues(deps.envelopes, row);
    const values = Object.fromEntries(Object.entries(before).filter(([name]) => isPersonal({ name })));
    if (row.userId === ownerId) {
      owners = { ...owners, ...values, ...(isOwner ? entered : {}) };
      continue;
    }
    if (row.userId === actor.userId) Object.assign(values, entered);
    const holder = row.userId === null ? { accessTokenId: row.accessTokenId ?? '' } : { userId: row.userId };
    await replacePersonalValues(tx, deps.envelopes, { deploymentId: deployment.id, holder, values, now: deps.now() });
  }
  requireWhole(personal, owners, OWNERS_VALUE_HINT);
  await replacePersonalValues(tx, deps.envelopes, {
    deploymentId: deployment.id,
    holder: { userId: ownerId },
    values: owners,
    now: deps.now(),
  });
  const set = (given ?? []).filter((pair) => !isPersonal(pair));
  const kept = latest.form.credentials.filter(
    (pair) => !isPersonal(pair) && !set.some(({ name }) => name === pair.name),
  );
  return { personalFields, values: { ...latest.form, credentials: [...kept, ...set] } };
}
