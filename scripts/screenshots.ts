// Takes the README's pictures of the admin: a sandbox of its own, some messages, a browser. `npm run screenshots`.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { signToken } from '../src/access/sign-token.ts';
import { Secret } from '../src/platform/secret.ts';
import { atRest, findChromium, unpackChromium, launchChromium } from '../test/support/chromium.ts';
import { freePort, startServer } from '../test/support/processes.ts';
import { SlackControl } from '../test/support/slack-control.ts';

const FOLDER = path.resolve(import.meta.dirname, '../docs/screenshots');
const LARGEST_BYTES = 200_000;

const MESSAGES = [
  ['general', 'Deployment of *web* to production finished in 4 min.'],
  ['website-audits', 'Weekly report: 14 audits, 2 regressions.'],
  ['website-audits', 'The audit of *example.com* is complete: 12 issues, 3 of them critical.'],
] as const;

const connect = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Connect Slack' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('button', { name: /^Post as/ }).click();
  await pick(page, 'general');
  await page.getByRole('link', { name: 'Write a message' }).click();
};

const pick = async (page: Page, channel: string): Promise<void> => {
  await page.getByPlaceholder('Search by name').click();
  await page.keyboard.type(channel);
  await page.locator('[data-combobox-selected]', { hasText: channel }).click();
};

const write = async (page: Page, channel: string, text: string): Promise<void> => {
  await page.getByLabel('Text').fill(text);
  await pick(page, channel);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^It (is there|did not arrive)$/).waitFor();
};

const take = async (page: Page, name: string): Promise<void> => {
  const file = path.join(FOLDER, `${name}.png`);
  await page.mouse.move(0, 0);
  await atRest(page);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`${path.relative(process.cwd(), file)}  ${Math.round(size / 1000)} kB`);
  if (size > LARGEST_BYTES) throw new Error(`${name}.png is larger than ${LARGEST_BYTES / 1000} kB.`);
};

const tour = async (page: Page, slack: SlackControl): Promise<void> => {
  await connect(page);
  for (const [channel, text] of MESSAGES) {
    await write(page, channel, text);
    if (text === MESSAGES.at(-1)?.[1]) await take(page, 'compose');
    await page.getByRole('button', { name: 'Write another' }).click();
  }
  await slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'error', error: 'not_in_channel' } });
  await write(page, 'frontend', 'The nightly audit of *shop.example.com* found 3 new issues.');
  // What has just been said goes by itself; in a picture it would stand in the way.
  await page.reload();
  await page.getByRole('link', { name: 'Notifications' }).click();
  await page.getByText('The nightly audit').click();
  await page.getByText('As Slack shows it').waitFor();
  await take(page, 'notification');
};

await unpackChromium();
const executable = await findChromium();
if (executable === undefined) throw new Error('No Chromium here: apt-get install chromium, or run on Linux x64.');
mkdirSync(FOLDER, { recursive: true });
const data = mkdtempSync(path.join(os.tmpdir(), 'heliograph-screenshots-'));
const port = await freePort();
const secret = randomBytes(32).toString('hex');
const server = await startServer({
  PORT: `${port}`,
  HELIOGRAPH_DATA_DIR: data,
  AUTH_JWT_SECRET: secret,
});
const browser = await launchChromium(executable);
try {
  const auth = { kind: 'secret', secret: new Secret(secret), issuer: 'heliograph', audience: 'heliograph' } as const;
  const token = await signToken(auth, { userId: 'developer', workspaces: { demo: 'ADMIN' }, lifetime: '1h' });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`http://localhost:${port}/admin/w/demo#token=${token}`);
  await tour(page, new SlackControl(`http://localhost:${port + 1}`));
} finally {
  await browser.close();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
}
