/** Signals a whole process group; false when none of it is left. */
export const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM: a process is left, but under another user; ESRCH: none is.
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // node:process errors carry a code
  }
};
