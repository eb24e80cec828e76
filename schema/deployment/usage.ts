import type { UsagePoint } from '#server/domain/calls/recent-usage.ts';
import type { MachineUsagePoint } from '#server/domain/usage/machine-usage.ts';
import type { Usage, UsageFigures } from '#server/domain/usage/service.ts';
import { builder } from '../builder.ts';
import { RecentRangeEnum } from '../enums.ts';
import { DeploymentType } from './deployment.ts';

const UsageFiguresInterface = builder.interfaceRef<UsageFigures>('UsageFigures').implement({
  description: 'Calls and how long they took. Percentiles of up to 20 calls are exact, those of more are estimates.',
  fields: (t) => ({
    calls: t.exposeInt('calls', { description: 'Number of calls.' }),
    errors: t.exposeInt('errors', { description: 'Number of calls that failed.' }),
    p50Ms: t.exposeFloat('p50Ms', {
      nullable: true,
      description: 'Median duration in milliseconds: half of the calls took no longer.',
    }),
    p95Ms: t.exposeFloat('p95Ms', {
      nullable: true,
      description: '95th percentile of the duration in milliseconds: 95 of 100 calls took no longer.',
    }),
  }),
});

const UsageDayType = builder.objectRef<Usage['byDay'][number]>('UsageDay').implement({
  description: 'The calls of one day.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({ day: t.exposeString('day', { description: 'The day, UTC, such as 2026-11-20.' }) }),
});

const ToolUsageType = builder.objectRef<Usage['byTool'][number]>('ToolUsage').implement({
  description: 'The calls of one tool.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({ tool: t.exposeString('tool', { description: 'The name of the tool.' }) }),
});

const ToolUsageDayType = builder.objectRef<Usage['byToolAndDay'][number]>('ToolUsageDay').implement({
  description: 'The calls of one tool on one day.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({
    tool: t.exposeString('tool', { description: 'The name of the tool.' }),
    day: t.exposeString('day', { description: 'The day, UTC, such as 2026-11-20.' }),
  }),
});

const MethodUsageType = builder.objectRef<Usage['byMethod'][number]>('MethodUsage').implement({
  description: 'The messages of one JSON-RPC method.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({ method: t.exposeString('method', { description: 'The JSON-RPC method.' }) }),
});

const CallerUsageType = builder.objectRef<Usage['byCaller'][number]>('CallerUsage').implement({
  description: 'The calls of tools by one caller.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({
    caller: t.exposeString('caller', {
      description: 'UUID of the access token or of the connection of an OAuth client, or `public`.',
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Name of the token or of the OAuth client; null for `public`, and where it is gone.',
    }),
  }),
});

const ToolFiguresType = builder.objectRef<UsageFigures>('ToolCallUsage').implement({
  description: 'Calls of tools, all together.',
  interfaces: [UsageFiguresInterface],
});

const UsageType = builder.objectRef<Usage>('Usage').implement({
  description: 'Usage of an endpoint.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({
    days: t.exposeInt('days', { description: 'How many days are counted, today included.' }),
    tools: t.expose('tools', {
      type: ToolFiguresType,
      description: 'Calls of tools alone, without messages of the protocol.',
    }),
    toolsByDay: t.expose('toolsByDay', { type: [UsageDayType], description: 'Calls of tools by day, oldest first.' }),
    protocolMessages: t.exposeInt('protocolMessages', {
      description: 'Messages that call no tool, prompt or resource, such as initialize and lists.',
    }),
    byMethod: t.expose('byMethod', {
      type: [MethodUsageType],
      description: 'Every message by its method, the most frequent first.',
    }),
    byCaller: t.expose('byCaller', {
      type: [CallerUsageType],
      description: 'Calls of tools by access token and OAuth client, the busiest first.',
    }),
    bytesIn: t.exposeFloat('bytesIn', { description: 'Bytes that callers sent.' }),
    bytesOut: t.exposeFloat('bytesOut', { description: 'Bytes that they were answered.' }),
    coldCalls: t.exposeInt('coldCalls', { description: 'Calls that waited for a sleeping machine.' }),
    byDay: t.expose('byDay', { type: [UsageDayType], description: 'Every day, oldest first.' }),
    byTool: t.expose('byTool', {
      type: [ToolUsageType],
      description: 'The tools that were called, the busiest first.',
    }),
    byToolAndDay: t.expose('byToolAndDay', {
      type: [ToolUsageDayType],
      description: 'Calls by tool and day, oldest first, without the days on which a tool was not called.',
    }),
  }),
});

const UsagePointType = builder.objectRef<UsagePoint>('UsagePoint').implement({
  description: 'The calls of tools that began within a minute, or a quarter of an hour. Percentiles are exact.',
  interfaces: [UsageFiguresInterface],
  fields: (t) => ({ at: t.expose('at', { type: 'DateTime', description: 'When that time began.' }) }),
});

builder.prismaObjectField(DeploymentType, 'recentUsage', (t) =>
  t.field({
    type: [UsagePointType],
    description: 'Calls of tools in the last hour or day, oldest first, as far as the log of calls reaches.',
    args: { range: t.arg({ type: RecentRangeEnum, required: true, description: 'Time range, up to now.' }) },
    select: { id: true },
    resolve: ({ id }, { range }, { services }) => services.recentUsage(id, range),
  }),
);

builder.prismaObjectField(DeploymentType, 'usage', (t) =>
  t.field({
    type: UsageType,
    description: 'Usage of its endpoint.',
    args: { days: t.arg.int({ required: false, defaultValue: 7, description: 'How many days, 1 to 90.' }) },
    select: { id: true },
    resolve: ({ id }, { days }, { services }) => services.usage.read(id, days ?? 7),
  }),
);

const MachineUsagePointType = builder.objectRef<MachineUsagePoint>('MachineUsagePoint').implement({
  description:
    'Sessions, memory and processor time of a machine within a step of time. Null while it slept or did not run.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When that time began.' }),
    sessions: t.exposeInt('sessions', { nullable: true, description: 'The most sessions at once.' }),
    memoryBytes: t.exposeFloat('memoryBytes', {
      nullable: true,
      description: 'The most memory that the host and the server held, in bytes.',
    }),
    processorShare: t.exposeFloat('processorShare', {
      nullable: true,
      description: 'Share of one processor core that was used, on average of the whole time: 1 is a whole core.',
    }),
  }),
});

builder.prismaObjectField(DeploymentType, 'machineUsage', (t) =>
  t.field({
    type: [MachineUsagePointType],
    description: 'Sessions, memory and processor time of its machine, oldest first.',
    args: {
      range: t.arg({
        type: RecentRangeEnum,
        required: false,
        description: 'The last hour in steps of 5 minutes, or the last day in steps of 15. Null for days.',
      }),
      days: t.arg.int({
        required: false,
        defaultValue: 7,
        description: 'Without a range: how many days, 1 to 90, today included.',
      }),
    },
    select: { id: true },
    resolve: ({ id }, { range, days }, { services }) => services.machineUsage(id, range ?? days ?? 7),
  }),
);
