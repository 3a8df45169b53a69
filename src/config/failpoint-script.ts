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

export interface FailpointScript {
  readonly failpoint: Failpoint;
  readonly action: 'kill' | 'pause';
  /** Which passing of the failpoint it strikes at, from 1. */
  readonly at: number;
}

const FORM = new RegExp(`^(${FAILPOINTS.join('|')})=(kill|pause)(?:@([1-9]\\d{0,5}))?$`);

/** `name=kill@3` or `name=pause`; undefined for anything else. */
export const parseFailpoint = (text: string): FailpointScript | undefined => {
  const [, failpoint, action, at] = FORM.exec(text) ?? [];
  if (failpoint === undefined || action === undefined) return undefined;
  return { failpoint: failpoint as Failpoint, action: action as 'kill' | 'pause', at: Number(at ?? 1) };
};
