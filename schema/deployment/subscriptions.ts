import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { live, stream } from '../live.ts';
import { LOG_TAIL, LogLineType, logTail, TAIL_DESCRIPTION } from './log-line.ts';
import { ownerStream } from './owner-stream.ts';
import { DeploymentStatusEventType } from './status-event.ts';
import { deploymentLook, deploymentsLook } from './status-feed.ts';

builder.subscriptionFields((t) => ({
  deploymentStatus: t.withAuth({ signedIn: true }).field({
    type: DeploymentStatusEventType,
    description: 'The present state of a deployment at once, then every change, until it is deleted.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    subscribe: (_root, args, context) => {
      const id = requireUuid(args.id, 'Deployment');
      const look = deploymentLook(context, context.actor.userId, id);
      return stream((signal) => live({ events: context.events, topic: 'deployment', id, signal, context, look }));
    },
    resolve: (event) => event,
  }),
  deploymentsChanged: t.withAuth({ signedIn: true }).field({
    type: DeploymentStatusEventType,
    description: 'Every change of any deployment that the viewer owns or manages, from now on.',
    subscribe: (_root, _args, context) => {
      const id = context.actor.userId;
      const look = deploymentsLook(context, id);
      return stream((signal) => live({ events: context.events, topic: 'deployments', id, signal, context, look }));
    },
    resolve: (event) => event,
  }),
  deploymentLogs: t.withAuth({ signedIn: true }).field({
    type: LogLineType,
    description: 'The last lines of the log of a deployment, then each as it is written, until it is deleted.',
    args: {
      id: t.arg.id({ description: 'Global id or UUID of the deployment.' }),
      tail: t.arg.int({ required: false, defaultValue: LOG_TAIL, description: TAIL_DESCRIPTION }),
    },
    subscribe: (_root, args, context) => {
      const deploymentId = requireUuid(args.id, 'Deployment');
      const tail = logTail(args.tail);
      const { userId } = context.actor;
      const { logs } = context.services;
      const follow = (until: AbortSignal) => logs.follow(deploymentId, tail, until);
      return stream((signal) => ownerStream({ context, userId, deploymentId, signal, follow }));
    },
    resolve: (line) => line,
  }),
}));
