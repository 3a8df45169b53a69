import type { Browser, BrowserContextOptions, Page, Request, Route } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Role } from '../../src/access/viewer.ts';
import { findChromium, launchChromium } from './chromium.ts';
import type { World } from './world.ts';

const executable = await findChromium();

/** Whether the browser tests can run here. Said aloud where not, and a failure wherever CI is set: nothing passes unseen. */
export const hasChromium = executable !== undefined;
if (!hasChromium) {
  const text = 'No Chromium for the browser tests: install Debian’s (apt-get install chromium), or run on Linux x64.';
  if (process.env['CI']) throw new Error(text);
  console.warn(`\n*** The browser tests are NOT run. ${text} ***\n`);
}

const PATIENCE_MS = 15_000;

export interface Visit {
  readonly workspaceId: string;
  readonly path?: string;
  readonly userId?: string;
  readonly role?: Role;
  readonly lifetime?: string;
  readonly narrow?: boolean;
  readonly dark?: boolean;
}

/** A browser with the admin in it, and an eye on what no page of ours may do. */
export class AdminBrowser {
  /** Requests to somebody else, violations of the policy, errors of the page. */
  readonly offences: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly world: World,
  ) {}

  static async open(world: World): Promise<AdminBrowser> {
    return new AdminBrowser(await launchChromium(executable ?? ''), world);
  }

  /** Signed in by the link that a host would give, at a screen of the workspace. */
  async visit({ workspaceId, path = '', userId, role = 'ADMIN', lifetime, narrow, dark }: Visit): Promise<Page> {
    const token = await this.world.token(userId ?? `admin-of-${workspaceId}`, { [workspaceId]: role }, lifetime);
    const page = await this.newPage({
      viewport: narrow === true ? { width: 375, height: 720 } : { width: 1280, height: 860 },
      colorScheme: dark === true ? 'dark' : 'light',
    });
    await page.goto(`${this.world.url}/admin/w/${workspaceId}${path}#token=${token}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    return page;
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext(options);
    // A page that is left open goes on following, and draws what the tests after it do.
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const hosts = [new URL(this.world.url).port, new URL(this.world.slack.url).port];
    page.on('request', (request) => {
      const { hostname, port, protocol } = new URL(request.url());
      const isOurs = ['localhost', '127.0.0.1'].includes(hostname) && hosts.includes(port);
      if (!isOurs && protocol.startsWith('http')) this.offences.push(`a request to ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.offences.push(message.text());
    });
    page.on('pageerror', (error) => this.offences.push(`${error.message}\n${error.stack ?? ''}`));
    return page;
  }

  expectNoOffence(): void {
    expect(this.offences).toEqual([]);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** How far the page can be scrolled sideways: not at all, if it is well. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** What the keyboard acts on; nothing where that is the page as a whole. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`document.querySelector(':focus')?.textContent ?? ''`);

/** Whether it is this operation that the page asks for. */
export const asks = (asked: Route | Request, operation: string): boolean => {
  const request = 'request' in asked ? asked.request() : asked;
  return request.postData()?.includes(`"operationName":"${operation}"`) === true;
};

/** Holds an operation back until it is let go. */
export const hold = async (page: Page, operation: string): Promise<() => void> => {
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (asks(route, operation)) await held.promise;
    await route.fallback();
  });
  return held.resolve;
};

/** Has an operation answered that the server is busy, until the answer is called. */
export const refuse = async (page: Page, operation: string): Promise<() => Promise<void>> => {
  const errors = [{ message: 'Not now.', extensions: { code: 'SERVICE_UNAVAILABLE' } }];
  const answer = (route: Route): Promise<void> =>
    asks(route, operation) ? route.fulfill({ json: { errors } }) : route.fallback();
  await page.route('**/graphql', answer);
  return () => page.unroute('**/graphql', answer);
};
