import type { ViewRules } from '#deploy/host/view-contract.ts';

/** A view of a deployment, as the endpoint knows it. */
export type RouteView = { id: string; name: string; revision: number; rules: ViewRules };
