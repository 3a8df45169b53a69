import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** What keeps this process alive, by Node's names for it: servers, sockets, children, timers. */
export const openResources = (): string[] =>
  // Of the one turn of the event loop; what an immediate does next is seen by itself.
  process.getActiveResourcesInfo().filter((name) => name !== 'Immediate');

/** What is open beyond `allowed`, once there is nothing, or after `graceMs`: what was closed just now takes a moment. */
export async function openBeyond(allowed: readonly string[], graceMs: number): Promise<string[]> {
  const deadline = performance.now() + graceMs;
  for (;;) {
    const left = openResources();
    for (const name of allowed) {
      const index = left.indexOf(name);
      if (index >= 0) left.splice(index, 1);
    }
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(POLL_MS);
  }
}
