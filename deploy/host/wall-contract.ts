/**
 * What a server may reach over the network. PUBLIC: every public address, and the entries. LISTED: the entries alone.
 * NONE: nothing. An entry is a name, `*.` and a name, or an address, each with a port or without (egress/host-entry.ts).
 */
export type Egress = { policy: 'PUBLIC' | 'LISTED' | 'NONE'; hosts: string[] };

/** How a machine's programs are walled off (docs/machines.md). Absent: they are processes of the host's user. */
export type BoxSettings = {
  /** Path of bubblewrap. */
  bubblewrap: string;
  /** The user of programs in the box, where the host may take another; null: its own, in a user namespace. */
  user: { uid: number; gid: number } | null;
  /** Files that take the pid of a process which joins the machine's control groups; empty where there are none. */
  controlGroups: string[];
  /** The file of the control group with a line `oom_kill N`; null where there is none. */
  oomCounter: string | null;
  /** Existing files and folders that arguments name are open to the server: for machines of one person. */
  namedPaths: boolean;
  /** Folders that no argument opens. */
  hidden: string[];
  limits: {
    /** Of one process, where there is no control group for all. */
    memoryBytes: number;
    /** Null: not limited by the number of the user's processes. */
    processes: number | null;
    /** Open files of one process. */
    descriptors: number;
    /** The largest file. */
    fileBytes: number;
    /** Files in /tmp together. */
    temporaryBytes: number;
  };
  /** The file of the control group with a line `max N`: processes that could not be started; null where there is none. */
  processCounter: string | null;
  /** What holds in the place of the limits above while a compiler builds the package; absent: they hold then too. */
  builder?: Pick<BoxSettings, 'controlGroups' | 'oomCounter' | 'processCounter' | 'limits'>;
  /** How a machine gets a network of its own; null: it has that of the computer. */
  network: NetworkSettings | null;
};

/** Paths of programs that make a network of its own for a machine. */
export type NetworkTools = { unshare: string; nsenter: string; ip: string };

export type NetworkSettings = {
  tools: NetworkTools;
  /** An entry may open a private address: for one person alone. */
  mayNamePrivate: boolean;
  /** What holds for a configuration without `egress`. */
  fallback: Egress | null;
};

/** What a wall stops. */
export type WallRule =
  | 'EGRESS_NONE'
  | 'EGRESS_NOT_LISTED'
  | 'EGRESS_PRIVATE_ADDRESS'
  | 'MEMORY_LIMIT'
  | 'PROCESS_LIMIT'
  | 'DISK_LIMIT';

/** An act of the server that a wall stopped, once or several times since the machine started. */
export type ContainedAct = {
  rule: WallRule;
  /** What the server tried to reach, or which limit it met. */
  subject: string;
  /** The entry of a list of hosts that would allow it; null where none does. */
  entry: string | null;
  count: number;
  /** ISO 8601. */
  firstAt: string;
  lastAt: string;
};
