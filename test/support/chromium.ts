import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

/** A page of a test lives for seconds: to compile its code for speed would be a fifth of what it costs. */
const SHORT_LIVED = '--js-flags=--no-maglev --no-turbofan';

/** A folder for each user of this machine: what one has unpacked, another may not run. */
const UNPACKED = path.join(os.tmpdir(), `heliograph-chromium-${os.userInfo().uid}`);
const COMPLETE = path.join(UNPACKED, 'complete');

const canUseNpms = (): boolean => process.platform === 'linux' && process.arch === 'x64';

/** The package unpacks into the folder for temporary files, unless it has been there before. */
const executableOfNpm = async (): Promise<string> => {
  const folder = process.env['TMPDIR'];
  process.env['TMPDIR'] = UNPACKED;
  // The package brings the libraries that it needs only where it believes to be in a Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return await packed.executablePath();
  } finally {
    if (folder === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = folder;
  }
};

/** Once, before the test files run side by side: the second of them would take what the first has half unpacked. */
export const unpackChromium = async (): Promise<void> => {
  if (existsSync(DEBIANS) || !canUseNpms() || existsSync(COMPLETE)) return;
  rmSync(UNPACKED, { recursive: true, force: true });
  mkdirSync(UNPACKED, { recursive: true });
  const before = { ...process.env };
  try {
    await executableOfNpm();
    writeFileSync(COMPLETE, '');
  } finally {
    // Where the browser's libraries are is nothing for Postgres and the servers to know.
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
};

/** Debian's Chromium where it is installed, else the one that npm brings; undefined where neither can be started here. */
export const findChromium = async (): Promise<string | undefined> => {
  if (existsSync(DEBIANS)) return DEBIANS;
  if (!canUseNpms()) return undefined;
  const executable = await executableOfNpm();
  useItsFonts(path.dirname(executable));
  return executable;
};

/** Its own configuration of fonts knows them under /tmp only; without one that finds them, a page has no letters. */
const useItsFonts = (folder: string): void => {
  const file = path.join(folder, 'fonts.conf');
  const folders = [path.join(folder, 'fonts'), '/usr/share/fonts'].map((each) => `<dir>${each}</dir>`).join('');
  const cache = `<cachedir>${path.join(folder, 'fonts-cache')}</cachedir>`;
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${folders}${cache}</fontconfig>`);
  process.env['FONTCONFIG_FILE'] = file;
};

export const launchChromium = async (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...QUIET, SHORT_LIVED] });

/** Once nothing fades or slides any more: half-way, letters have half of their contrast. What pulses for ever may. */
export const atRest = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getTiming().iterations !== Infinity)
    .map((each) => each.finished)).then(() => undefined)`);
};
