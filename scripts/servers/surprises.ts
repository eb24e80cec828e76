type Surprise = { seen: string; handled: string; file: string; test: string };

/** What a guess would have missed about these servers, what Catwalk does about it, and the test that holds it. */
export const SURPRISES: readonly Surprise[] = [
  {
    seen: 'The reason for an end stands before a stack, or behind the source line that threw.',
    handled: 'The message of the error is the headline of the failure.',
    file: 'deploy/host/first-words/headline.test.ts',
    test: 'takes the message of an uncaught error, not its source line and not a frame of its stack',
  },
  {
    seen: 'Lines of prose stand on stdout before the answer.',
    handled: 'They go to the log.',
    file: 'deploy/host/bridge/relay.integration.test.ts',
    test: 'noise on stdout goes to the log and disturbs nothing',
  },
  {
    seen: 'Without a network the answer to `initialize` never comes.',
    handled: 'A start has a limit, and a trial ends the server at it.',
    file: 'deploy/host/trial/trial.integration.test.ts',
    test: 'ends a server that never answers at the time limit',
  },
  {
    seen: '`initialize` is answered with an error.',
    handled: 'A server of 2026-07-28 alone is served by translation; any other error is the headline of the failure.',
    file: 'deploy/host/bridge/child-starter.test.ts',
    test: 'a server that refuses initialize and describes itself as modern is served by translation',
  },
  {
    seen: 'A list is declared and not given.',
    handled: 'The other lists are read, and the release has a note.',
    file: 'server/domain/deployments/reconcile/read-snapshot.test.ts',
    test: 'a server without templates of resources has none, and one without a declared list gets a note',
  },
  {
    seen: 'The command in `bin` has the scope of the package in its name.',
    handled: 'It is found by its name with or without the scope.',
    file: 'deploy/host/install/npm-install.integration.test.ts',
    test: 'runs a command whose name has a scope (asked for: %s)',
  },
  {
    seen: 'Files are written below HOME, beside the code and into the working directory.',
    handled: 'All three can be written in a box.',
    file: 'deploy/local/boxes.integration.test.ts',
    test: 'lets a server work: it writes beside its code, into HOME, TMPDIR and /tmp',
  },
  {
    seen: 'A package has a command and is a proxy, a client or an installer.',
    handled: 'Its verdict is `NOT_MCP` or `LIBRARY`, with what to paste instead.',
    file: 'server/domain/analysis/candidates/node-package.test.ts',
    test: 'a program that starts the server which its caller names, and serves HTTP for it, is no server',
  },
  {
    seen: 'Ids must be numbers.',
    handled: 'A server gets numbers, whatever ids its clients use.',
    file: 'deploy/host/bridge/peer.test.ts',
    test: 'gives each call a number of its own, and each answer the id of its client',
  },
  {
    seen: 'A client needs a process that it shares with no other.',
    handled: 'A client that can be called back gets one by itself, every client where the isolation is `PER_SESSION`.',
    file: 'deploy/host/bridge/sharing.integration.test.ts',
    test: 'a client that can be called back gets a child of its own',
  },
];
