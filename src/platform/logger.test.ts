import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const LOGS_AND_ENDS = `
  const { createLogger } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'logger.ts'))});
  const logger = createLogger({ level: 'info', role: 'test' });
  process.once('message', () => {
    for (let line = 0; line < 3; line += 1) logger.info('said');
    process.exit(7);
  });
  process.send('ready');`;

/** Line after line, most of them written once the first was refused. */
const LOGS_AND_GOES_ON = `
  const { setTimeout: pause } = await import('node:timers/promises');
  const { createLogger } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'logger.ts'))});
  const logger = createLogger({ level: 'info', role: 'test' });
  process.once('message', async () => {
    for (let line = 0; line < 20; line += 1) {
      logger.info('said');
      await pause(5);
    }
    process.once('message', () => process.exit(7));
    process.send('logged');
  });
  process.send('ready');`;

test.each([
  ['is read', false],
  ['nobody reads any more', true],
])('a process whose output %s ends when it is told to, with what it still has to say', async (_how, isCut) => {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', LOGS_AND_ENDS];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  child.stdout?.on('data', (data: Buffer) => said.push(data.toString()));
  await once(child, 'message');
  if (isCut) child.stdout?.destroy();
  child.send('end');
  expect(await once(child, 'exit')).toEqual([7, null]);
  if (!isCut) expect(said.join('').match(/"msg":"said"/g)).toHaveLength(3);
});

/** As a file on a disk that is full; only Linux has such a device. */
const FULL = '/dev/full';

test.runIf(existsSync(FULL))('a process whose log has no room left goes on, and ends when it is told to', async () => {
  const full = await open(FULL, 'w');
  onTestFinished(() => full.close());
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', LOGS_AND_GOES_ON];
  const child = spawn(process.execPath, args, { stdio: ['ignore', full.fd, 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  child.send('log');
  expect(await Promise.race([once(child, 'message'), once(child, 'exit')])).toEqual(['logged', undefined]);
  child.send('end');
  expect(await once(child, 'exit')).toEqual([7, null]);
});
