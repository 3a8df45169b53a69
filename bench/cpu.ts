import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly parent: number;
  readonly seconds: number;
}

/** After the name, which may hold anything: state, parent, …; user, system, and those of children that have ended. */
const usageOf = (pid: number | string): Usage | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return { parent: fields[1] ?? 0, seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
};

/** Seconds of CPU that a process has used with all that it started; 0 where there is no /proc. */
export const cpuSecondsOf = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  const usages = new Map<number, Usage>();
  for (const name of namesIn('/proc')) {
    const usage = /^\d+$/.test(name) ? usageOf(name) : undefined;
    if (usage) usages.set(Number(name), usage);
  }
  const childrenOf = Map.groupBy(usages.keys(), (each) => usages.get(each)?.parent ?? 0);
  const sum = (each: number): number =>
    (usages.get(each)?.seconds ?? 0) + (childrenOf.get(each) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(pid);
};

/** What of a process's memory is in RAM, in KiB. */
export const residentKb = (pid: number | undefined): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
