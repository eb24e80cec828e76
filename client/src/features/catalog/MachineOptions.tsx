import { Select } from '@mantine/core';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { MachineSizeFragment, ProcessorFragment, RegionFragment } from './catalog.ts';
import { formatMoney } from './money.ts';

type RegionSelectProps = {
  regions: readonly FragmentType<typeof RegionFragment>[];
  value: string | null;
  onChange: (code: string) => void;
};

export function RegionSelect({ regions, value, onChange }: RegionSelectProps) {
  const all = readFragment(RegionFragment, regions);
  if (all.length < 2) return null; // this computer
  return (
    <Select
      label="Region"
      searchable={all.length > 8}
      data={all.map((region) => ({
        value: region.code,
        label: region.name === region.code ? region.name : `${region.name} (${region.code})`,
      }))}
      value={value ?? all[0]?.code ?? null}
      onChange={(code) => code && onChange(code)}
    />
  );
}

type SizeSelectProps = {
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  value: number | null;
  onChange: (memoryMb: number) => void;
};

const SMALLEST = 'shared-cpu-1x';

export const formatMemory = (memoryMb: number): string =>
  memoryMb >= 1024 ? `${memoryMb / 1024} GB` : `${memoryMb} MB`;

/** The processor is named where it is not the smallest, which is the one of this computer too. */
export const formatSize = ({ memoryMb, processor }: { memoryMb: number; processor: string }): string =>
  processor === SMALLEST ? formatMemory(memoryMb) : `${formatMemory(memoryMb)}, ${processor}`;

export function SizeSelect({ sizes, value, onChange }: SizeSelectProps) {
  const all = readFragment(MachineSizeFragment, sizes);
  return (
    <Select
      label="Memory"
      data={all.map(({ memoryMb, monthlyCost, isDefault }) => ({
        value: String(memoryMb),
        label: [
          formatMemory(memoryMb),
          monthlyCost.alwaysOn > 0 && `${formatMoney(monthlyCost.alwaysOn, monthlyCost.currency)} per month`,
          isDefault && 'default',
        ]
          .filter(Boolean)
          .join(' · '),
      }))}
      value={String(value ?? all.find((size) => size.isDefault)?.memoryMb ?? '')}
      onChange={(chosen) => chosen && onChange(Number(chosen))}
    />
  );
}

type ProcessorSelectProps = {
  processors: readonly FragmentType<typeof ProcessorFragment>[];
  /** Null for the one that is proposed for the package. */
  value: string | null;
  /** The name of the proposed one; the default one where none is known. */
  proposed?: string | undefined;
  /** A processor may want more memory. */
  onChange: (name: string, memoryMinMb: number) => void;
};

const formatShare = (cores: number): string =>
  cores >= 1 ? 'a whole core' : `${Number((cores * 100).toFixed(1))} % of a core`;

export function ProcessorSelect({ processors, value, proposed, onChange }: ProcessorSelectProps) {
  const all = readFragment(ProcessorFragment, processors);
  if (all.length === 0) return null; // nothing limits the processor of this computer
  const suggested = proposed ?? all.find(({ isDefault }) => isDefault)?.name ?? '';
  return (
    <Select
      label="Processor"
      inputWrapperOrder={[...NOTE_BELOW]}
      description="A shared processor runs at full speed for a few seconds, and then with its share."
      data={all.map(({ name, sustainedCores }) => ({
        value: name,
        label: [name, formatShare(sustainedCores), name === proposed && 'proposed'].filter(Boolean).join(' · '),
      }))}
      value={value ?? suggested}
      onChange={(chosen) => {
        const found = all.find(({ name }) => name === chosen);
        if (found) onChange(found.name, found.memoryMinMb);
      }}
    />
  );
}

/** Keeps the inputs of a row of fields level: descriptions stand below them. */
export const NOTE_BELOW = ['label', 'input', 'description', 'error'] as const;

const SLEEPS = [
  { value: '0', label: 'Never (always on)' },
  { value: '5', label: 'After 5 idle minutes' },
  { value: '15', label: 'After 15 idle minutes' },
  { value: '60', label: 'After 1 idle hour' },
];

type SleepSelectProps = { value: number | null; onChange: (minutes: number | null) => void };

export function SleepSelect({ value, onChange }: SleepSelectProps) {
  const known = SLEEPS.some((sleep) => sleep.value === String(value ?? 0));
  const data = known ? SLEEPS : [...SLEEPS, { value: String(value), label: `After ${value} idle minutes` }];
  return (
    <Select
      label="Sleep"
      inputWrapperOrder={[...NOTE_BELOW]}
      description="A sleeping server wakes at the next call."
      data={data}
      value={String(value ?? 0)}
      onChange={(chosen) => onChange(chosen === '0' || chosen === null ? null : Number(chosen))}
    />
  );
}
