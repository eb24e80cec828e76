import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { FragmentType } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { type Isolation, IsolationSelect } from '../catalog/AccessOptions.tsx';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../catalog/catalog.ts';
import { useMonthlyCost } from '../catalog/cost.ts';
import { ProcessorSelect, RegionSelect, SizeSelect, SleepSelect } from '../catalog/MachineOptions.tsx';
import { formatMonthlyCost } from '../catalog/money.ts';
import { FilesNote } from '../deployments/FilesNote.tsx';
import classes from './Settings.module.css';
import { RELEASE_NOTE, SLEEP_NOTE, useSave } from './save.ts';

type Machine = {
  region: string;
  memoryMb: number;
  processor: string;
  isolation: Isolation;
  sleepAfterMinutes: number | null;
  answersWhileAsleep: boolean;
};

type MachinePanelProps = {
  id: string;
  saved: Machine;
  regions: readonly FragmentType<typeof RegionFragment>[];
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
};

/** Changes region, size, sleep and isolation, and explains what a change does before it is saved. */
export function MachinePanel({ id, saved, regions, sizes, processors }: MachinePanelProps) {
  const [save, saving] = useSave(id);
  const [machine, setMachine] = useState(saved);
  const cost = useMonthlyCost(machine);
  const needsRelease =
    machine.region !== saved.region ||
    machine.memoryMb !== saved.memoryMb ||
    machine.processor !== saved.processor ||
    machine.isolation !== saved.isolation;
  const isChanged =
    needsRelease ||
    machine.sleepAfterMinutes !== saved.sleepAfterMinutes ||
    machine.answersWhileAsleep !== saved.answersWhileAsleep;
  const set = (patch: Partial<Machine>) => setMachine({ ...machine, ...patch });
  return (
    <Panel title="Machine" description={cost ? formatMonthlyCost(cost, machine.sleepAfterMinutes !== null) : undefined}>
      <form
        className={classes.stack}
        onSubmit={handleSubmit(() => save(machine, needsRelease ? 'Deploying a new release…' : 'Saved'))}
      >
        <div className={classes.grid}>
          <RegionSelect regions={regions} value={machine.region} onChange={(region) => set({ region })} />
          <SizeSelect sizes={sizes} value={machine.memoryMb} onChange={(memoryMb) => set({ memoryMb })} />
          <ProcessorSelect
            processors={processors}
            value={machine.processor}
            onChange={(processor, memoryMinMb) => set({ processor, memoryMb: Math.max(machine.memoryMb, memoryMinMb) })}
          />
          <SleepSelect value={machine.sleepAfterMinutes} onChange={(sleepAfterMinutes) => set({ sleepAfterMinutes })} />
          <IsolationSelect value={machine.isolation} onChange={(isolation) => set({ isolation })} />
        </div>
        {machine.sleepAfterMinutes !== null && (
          <Switch
            label="Sleep while clients only listen"
            description="Clients stay connected while the server sleeps. Turn this off if an open connection must keep the server awake."
            checked={machine.answersWhileAsleep}
            onChange={({ currentTarget }) => set({ answersWhileAsleep: currentTarget.checked })}
          />
        )}
        <div className={classes.save}>
          <Button type="submit" loading={saving} disabled={!isChanged}>
            {needsRelease ? 'Save and deploy' : 'Save'}
          </Button>
          {isChanged && (
            <>
              <Button variant="subtle" color="gray" onClick={() => setMachine(saved)}>
                Discard changes
              </Button>
              <span className="muted small" role="status">
                {needsRelease ? (
                  <>
                    {RELEASE_NOTE} <FilesNote id={id} />
                  </>
                ) : (
                  'Applies at once, without a new release.'
                )}
                {machine.sleepAfterMinutes !== null && saved.sleepAfterMinutes === null && ` ${SLEEP_NOTE}`}
              </span>
            </>
          )}
        </div>
      </form>
    </Panel>
  );
}
