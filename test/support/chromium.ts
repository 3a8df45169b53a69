import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const DEBIANS = '/usr/bin/chromium';

/** Nothing of the browser's own may go to the network. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium where it is installed, else the one that npm brings; undefined where neither can be started here. */
export const findChromium = async (): Promise<string | undefined> => {
  if (existsSync(DEBIANS)) return DEBIANS;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // The package brings the libraries that it needs only where it believes to be in a Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  const { default: packed } = await import('@sparticuz/chromium');
  const executable = await packed.executablePath();
  useItsFonts(path.dirname(executable));
  return executable;
};

/** Its own configuration of fonts knows them under /tmp only; without one that finds them, a page has no letters. */
const useItsFonts = (folder: string): void => {
  const file = path.join(folder, 'fonts.conf');
  const folders = [path.join(folder, 'fonts'), '/usr/share/fonts'].map((each) => `<dir>${each}</dir>`).join('');
  const cache = `<cachedir>${path.join(os.tmpdir(), 'fonts-cache')}</cachedir>`;
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${folders}${cache}</fontconfig>`);
  process.env['FONTCONFIG_FILE'] = file;
};

export const launchChromium = async (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: QUIET });

/** Once nothing fades or slides any more: half-way, letters have half of their contrast. What pulses for ever may. */
export const atRest = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getTiming().iterations !== Infinity)
    .map((each) => each.finished)).then(() => undefined)`);
};
