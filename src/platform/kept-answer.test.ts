import { describe, expect, test } from 'vitest';
import { keptAnswer } from './kept-answer.ts';

const counting = () => {
  let nowMs = 0;
  let reads = 0;
  const open: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const read = () =>
    new Promise<number>((resolve, reject) => {
      reads += 1;
      open.push({ resolve, reject });
    });
  const ask = keptAnswer(read, 1000, () => nowMs);
  return { ask, open, pass: (ms: number) => (nowMs += ms), reads: () => reads };
};

describe('an answer that is kept', () => {
  test('is read once for all who ask at the same time, however long it takes', async () => {
    const { ask, open, pass, reads } = counting();
    const first = ask();
    pass(5000);
    const second = ask();
    open[0]?.resolve(7);
    expect(await Promise.all([first, second])).toEqual([7, 7]);
    expect(reads()).toBe(1);
  });

  test('is read again when its time is over, and not before', async () => {
    const { ask, open, pass, reads } = counting();
    void ask();
    open[0]?.resolve(1);
    await ask();
    pass(999);
    expect(await ask()).toBe(1);
    pass(1);
    void ask();
    expect(reads()).toBe(2);
  });

  test('an error reaches who asked, and is not kept', async () => {
    const { ask, open, reads } = counting();
    const failing = ask();
    open[0]?.reject(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    void ask();
    expect(reads()).toBe(2);
  });
});
