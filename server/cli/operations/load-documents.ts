import { type DocumentNode, Kind, parse } from 'graphql';
import * as advisories from './advisories.ts';
import * as analysis from './analysis.ts';
import * as bundles from './bundles.ts';
import * as calls from './calls.ts';
import * as clients from './clients.ts';
import * as credentials from './credentials.ts';
import * as data from './data.ts';
import * as definitions from './definitions.ts';
import * as deployment from './deployment.ts';
import * as doctor from './doctor.ts';
import * as egress from './egress.ts';
import * as intent from './intent.ts';
import * as manifest from './manifest.ts';
import * as members from './members.ts';
import * as registry from './registry.ts';
import * as remote from './remote.ts';
import * as sharing from './sharing.ts';
import * as viewer from './viewer.ts';
import * as views from './views.ts';

const MODULES = {
  ...advisories,
  ...analysis,
  ...bundles,
  ...calls,
  ...clients,
  ...credentials,
  ...data,
  ...definitions,
  ...deployment,
  ...doctor,
  ...egress,
  ...intent,
  ...manifest,
  ...members,
  ...registry,
  ...remote,
  ...sharing,
  ...viewer,
  ...views,
};

/** The documents of the command line by the names of their constants; codegen and the tests read them here. */
export const DOCUMENTS: readonly (readonly [name: string, document: string])[] = Object.entries(MODULES).flatMap(
  ([name, value]) => ('document' in value ? [[name, value.document] as const] : []),
);

/** The loader of codegen.ts: documents are put together from parts, which codegen cannot read in the source text. */
export default (): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: DOCUMENTS.flatMap(([, document]) => parse(document).definitions),
});
