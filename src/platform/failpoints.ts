import type { Failpoint, FailpointScript } from '../config/failpoint-script.ts';

const SIGNALS = { kill: 'SIGKILL', pause: 'SIGSTOP' } as const;

/** Passes a failpoint; without a script this does nothing, and production refuses a script. */
export type PassFailpoint = (failpoint: Failpoint) => void;

export const createFailpoints = (script: readonly FailpointScript[]): PassFailpoint => {
  const passed = new Map<Failpoint, number>();
  return (failpoint) => {
    const count = (passed.get(failpoint) ?? 0) + 1;
    passed.set(failpoint, count);
    const struck = script.find((entry) => entry.failpoint === failpoint && entry.at === count);
    if (struck) process.kill(process.pid, SIGNALS[struck.action]);
  };
};
