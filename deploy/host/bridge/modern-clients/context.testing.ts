import { ModernContext } from './context.ts';

/** A context of the client `a`, at the beginning of its clock unless another one is given. */
export const contextOf = (clock: () => number = () => 0): ModernContext =>
  new ModernContext({
    id: '',
    principal: 'a',
    initialize: '{}',
    protocolVersion: '2025-11-25',
    shareKey: 'k',
    modernShareKey: null,
    workspaceOwner: null,
    clock,
    dialect: 'plain',
  });
