import { Button } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowUp,
  IconCpu,
  IconKey,
  IconMapPin,
  IconPlugConnected,
  IconReload,
  IconSearch,
  IconTerminal2,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { formatMemory } from '../catalog/MachineOptions.tsx';
import type { Remedy } from './remedies.ts';

type RemedyButtonProps = { remedy: Remedy; primary: boolean; working: boolean; onTake: (remedy: Remedy) => void };

const ICONS: Record<Remedy['kind'], ComponentType<{ size: number }>> = {
  connect: IconPlugConnected,
  credentials: IconKey,
  memory: IconArrowUp,
  processor: IconCpu,
  region: IconMapPin,
  arguments: IconTerminal2,
  keys: IconKey,
  analyze: IconSearch,
  rollback: IconArrowBackUp,
  restart: IconReload,
  retry: IconReload,
};

/** The button of one remedy. */
export function RemedyButton({ remedy, primary, working, onTake }: RemedyButtonProps) {
  const RemedyIcon = ICONS[remedy.kind];
  return (
    <Button
      size="xs"
      variant={primary ? 'filled' : 'default'}
      leftSection={<RemedyIcon size={14} />}
      loading={working}
      onClick={() => onTake(remedy)}
    >
      {labelOf(remedy)}
    </Button>
  );
}

function labelOf(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'connect':
      return 'Connect';
    case 'credentials':
      return remedy.variables.length > 0 ? `Add ${remedy.variables.join(', ')}` : 'Edit credentials';
    case 'memory':
      return `Deploy with ${formatMemory(remedy.memoryMb)}`;
    case 'processor':
      return `Deploy with ${remedy.processor}`;
    case 'region':
      return `Deploy in ${remedy.region}`;
    case 'arguments':
      return 'Edit arguments';
    case 'keys':
      return 'Check Fly token';
    case 'analyze':
      return 'Analyze again';
    case 'rollback':
      return 'Roll back…';
    case 'restart':
      return 'Restart…';
    case 'retry':
      return 'Retry';
  }
}
