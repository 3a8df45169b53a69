/** Moments of a delivery at which a process can be made to die or to freeze, so that tests need not wait for bad luck. */
export const FAILPOINTS = [
  'after-claim',
  'after-attempt-commit',
  'after-bytes-sent',
  'after-slack-answer',
  'after-commit',
  'during-confirmation',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

const SIGNALS = { kill: 'SIGKILL', pause: 'SIGSTOP' } as const;

export interface FailpointScript {
  readonly failpoint: Failpoint;
  readonly action: keyof typeof SIGNALS;
  /** Which passing of the failpoint it strikes at, from 1. */
  readonly at: number;
}

const FORM = new RegExp(`^(${FAILPOINTS.join('|')})=(kill|pause)(?:@([1-9]\\d{0,5}))?$`);

/** `name=kill@3` or `name=pause`; undefined for anything else. */
export const parseFailpoint = (text: string): FailpointScript | undefined => {
  const [, failpoint, action, at] = FORM.exec(text) ?? [];
  if (failpoint === undefined || action === undefined) return undefined;
  return { failpoint: failpoint as Failpoint, action: action as keyof typeof SIGNALS, at: Number(at ?? 1) };
};

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
