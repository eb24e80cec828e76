import { Button } from '@mantine/core';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Entry, EntryList, EntryNote } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';

const ContainedActsFragment = graphql(`
  fragment ContainedActs_deployment on Deployment {
    containedActs {
      rule
      subject
      entry
      count
      lastAt
    }
  }
`);

const RULES: Readonly<Record<string, string>> = {
  EGRESS_NONE: 'Network is closed',
  EGRESS_NOT_LISTED: 'Not listed',
  EGRESS_PRIVATE_ADDRESS: 'Private address',
  MEMORY_LIMIT: 'Memory limit',
  PROCESS_LIMIT: 'Process limit',
  DISK_LIMIT: 'Disk limit',
};

type ContainedActsProps = {
  deployment: FragmentType<typeof ContainedActsFragment>;
  saving: boolean;
  /** Null: the policy has no list. */
  onAllow: ((entry: string) => unknown) | null;
};

/** Lists what walls around the machine have stopped, each with a button that allows it where an entry can. */
export function ContainedActs({ deployment, saving, onAllow }: ContainedActsProps) {
  const { containedActs } = readFragment(ContainedActsFragment, deployment);
  if (containedActs.length === 0) return null;
  return (
    <section aria-label="Denied">
      <EntryList>
        {containedActs.map(({ rule, subject, entry, count, lastAt }) => (
          <Entry
            key={`${rule} ${subject}`}
            name={subject}
            beside={<EntryNote>{RULES[rule] ?? rule}</EntryNote>}
            times={
              <span>
                denied {count > 1 && `${count} times, `}
                <Ago at={lastAt} />
              </span>
            }
            action={
              entry != null && onAllow !== null ? (
                <Button variant="default" size="compact-sm" loading={saving} onClick={() => onAllow(entry)}>
                  Allow
                </Button>
              ) : null
            }
          />
        ))}
      </EntryList>
    </section>
  );
}
