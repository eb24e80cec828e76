import { LOG_TAIL_MAX, type LogLine } from '#server/domain/logs/feed.ts';
import { builder } from '../builder.ts';
import { LogStreamEnum } from '../enums.ts';
import { DeploymentType } from './deployment.ts';

export const LOG_TAIL = 200;
export const TAIL_DESCRIPTION = `How many lines of the past; ${LOG_TAIL_MAX} at most.`;

/** The number of lines that a caller receives for a requested number. */
export const logTail = (lines: number | null | undefined): number =>
  Math.min(Math.max(lines ?? LOG_TAIL, 0), LOG_TAIL_MAX);

export const LogLineType = builder.objectRef<LogLine>('LogLine').implement({
  description: 'A line of a log, already redacted.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was written.' }),
    stream: t.expose('stream', { type: LogStreamEnum, description: 'Origin of the line.' }),
    text: t.exposeString('text', { description: 'The line, without its end; may hold ANSI colors.' }),
  }),
});

builder.prismaObjectField(DeploymentType, 'logs', (t) =>
  t.field({
    type: [LogLineType],
    description: 'The last lines of its log, oldest first. To go on from there follow deploymentLogs.',
    args: { tail: t.arg.int({ required: false, defaultValue: LOG_TAIL, description: TAIL_DESCRIPTION }) },
    select: { id: true },
    resolve: ({ id }, { tail }, { services }) => services.logs.history(id, logTail(tail)),
  }),
);
