// The other end of an Assistant: a line of JSON asks, a line of JSON answers. Ends with the bench.
import { createInterface } from 'node:readline';

export const settings = JSON.parse(process.env.ASSISTANT_SETTINGS ?? '{}');

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

async function answer(commands, { id, command, argument }) {
  try {
    say({ id, result: (await commands[command](argument)) ?? null });
  } catch (error) {
    say({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

export function obey(commands, stop = async () => {}) {
  const end = async () => {
    await Promise.race([stop(), new Promise((resolve) => setTimeout(resolve, 2000))]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void end());
  createInterface({ input: process.stdin })
    .on('line', (line) => void answer(commands, JSON.parse(line)))
    .once('close', () => void end());
  say({ ready: true });
}

/** Calls `work` for 0 to count - 1, at most so many at once. */
export async function inParallel(count, atOnce, work) {
  let next = 0;
  const run = async () => {
    for (let number = next++; number < count; number = next++) await work(number);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, run));
}
