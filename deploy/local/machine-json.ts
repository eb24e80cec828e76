import type { LocalMachine } from './machine.ts';

const EVENTS_SHOWN = 20;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Without configuration, events, checks and host status, as `?summary=true` asks. */
export const machineSummaryJson = ({ record }: LocalMachine) => ({
  id: record.id,
  name: record.name,
  state: record.state,
  region: record.region,
  instance_id: record.version,
  private_ip: '::1',
  created_at: iso(record.createdAt),
  updated_at: iso(record.updatedAt),
  cordoned: record.cordoned,
  /** The only field that Fly does not have. A host that sleeps or has not said its port cannot be dialled. */
  local_port: record.state === 'started' ? record.port : null,
});

export const machineJson = (machine: LocalMachine) => {
  const { record } = machine;
  return {
    ...machineSummaryJson(machine),
    image_ref: { registry: 'local', repository: record.config.image, tag: '', digest: '' },
    config: record.config,
    host_status: record.hostStatus,
    checks: [],
    events: record.events.newest(EVENTS_SHOWN),
  };
};
