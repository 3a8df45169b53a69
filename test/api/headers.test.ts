import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BeginSlackInstallDocument, type BeginSlackInstallMutation } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { World } from '../support/world.ts';

const ALLOWED = ['http://localhost:3000', 'https://app.example.com'];

let world: World;
let admin: Caller;
beforeAll(async () => {
  world = await World.start({ env: { CORS_ORIGINS: ALLOWED.join(','), RETURN_ORIGINS: ALLOWED.join(',') } });
  admin = await world.as('ana', { framed: 'ADMIN' });
});
afterAll(() => world.stop());

const PATHS = ['/', '/playground', '/playground/', '/playground/assets/none.js', '/slack/oauth/callback', '/graphql'];
const OTHERS = ['/livez', '/readyz', '/metrics', '/admin', '/nowhere', '/%00', '/slack/events'];

describe('every answer', () => {
  test.each([...PATHS, ...OTHERS])(
    'of %s has helmet’s headers and a policy without inline or foreign scripts',
    async (path) => {
      const { headers, status } = await fetch(`${world.url}${path}`, { redirect: 'manual' });
      expect(status).toBeLessThan(500);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
          const [name = '', ...sources] = directive.trim().split(' ');
          return [name, sources] as const;
        }),
      );
      expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
      expect(policy.get('base-uri')).toEqual(["'none'"]);
      expect(policy.get('form-action')).toEqual(["'none'"]);
      const scripts = policy.get('script-src') ?? policy.get('default-src') ?? ['anything'];
      expect(["'none'", "'self'"]).toContain(scripts.join(' '));
      const everything = [...policy.values()].flat().join(' ');
      expect(everything).not.toMatch(/unsafe-eval|https:|\*/);
    },
  );

  test('https is insisted on only where the server is reached by it', async () => {
    const header = async (url: string) => (await fetch(`${url}/livez`)).headers.get('strict-transport-security');
    expect(await header(world.url)).toBeNull();
    const secure = await world.addServer({ PUBLIC_URL: 'https://heliograph.example.com' });
    expect(await header(secure)).toBe('max-age=31536000');
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    fetch(`${world.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
  const answered = (origin: string) =>
    fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{}',
    });

  test.each(ALLOWED)('%s, which is listed, may call and read the answer', async (origin) => {
    for (const { headers } of [await preflight(origin), await answered(origin)]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test.each([
    'https://evil.example',
    'null',
    'https://localhost:3000',
    'http://localhost',
    'http://localhost:30000',
    'http://localhost:3000.evil.example',
    'http://evil.localhost:3000',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://app.example.com:8443',
    'http://app.example.com',
  ])('%s may not', async (origin) => {
    for (const { headers } of [await preflight(origin), await answered(origin)]) {
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('the way back from an install', () => {
  /** Pieces of addresses that parsers have disagreed about. */
  const scheme = fc.constantFrom(
    'http:',
    'https:',
    'HTTP:',
    'javascript:',
    'data:',
    'ftp:',
    '',
    'http:/',
    'blob:http:',
  );
  const slashes = fc.constantFrom('//', '/', '', '///', '\\\\', '/\\', '//\t', '//\u0000');
  const user = fc.constantFrom('', 'localhost:3000@', 'app.example.com@', 'a:b@', '@', '%40', 'localhost:3000%2f@');
  const host = fc.constantFrom(
    'localhost:3000',
    'app.example.com',
    'evil.example',
    'localhost:3000.evil.example',
    'app.example.com.evil.example',
    'evil.example#app.example.com',
    'evil.example?app.example.com',
    'evil.example\\app.example.com',
    'evil.example/app.example.com',
    'APP.EXAMPLE.COM',
    'app.example.com.',
    'app。example。com',
    'ａpp.example.com',
    'app.example.com:443',
    'app.example.com:444',
    '127.0.0.1:3000',
    '[::1]:3000',
    'localhost:3000,evil.example',
    'localhost:3000 evil.example',
  );
  const path = fc.constantFrom(
    '',
    '/',
    '/slack',
    '//evil.example',
    '/\\evil.example',
    '/..//evil.example',
    '/%0d%0aX: y',
  );
  const query = fc.constantFrom('', '?a=b', '?status=granted&claim=forged', '?next=//evil.example', '#//evil.example');
  const address = fc.tuple(scheme, slashes, user, host, path, query).map((parts) => parts.join(''));
  /** A good address with something put into it, anywhere. */
  const disturbed = fc
    .tuple(
      fc.constantFrom('http://localhost:3000/slack', 'https://app.example.com/a?b=c'),
      fc.nat({ max: 30 }),
      fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.constantFrom('@', '\\', '\n', '\t', '%2e', '.', ':', '//', '#', 'evil.'),
      ),
    )
    .map(([good, at, piece]) => good.slice(0, at) + piece + good.slice(at));

  const begin = async (returnTo: string) => {
    const input = { workspaceId: 'framed', intent: 'WORKSPACE', returnTo };
    const answer = await admin.send<BeginSlackInstallMutation>(BeginSlackInstallDocument.toString(), { input });
    expect(answer.status).toBeLessThan(500);
    const { authorizeUrl, userErrors = [] } = answer.data?.beginSlackInstall ?? {};
    const code = answer.errors?.[0]?.extensions.code ?? userErrors[0]?.code;
    return { authorizeUrl, code };
  };

  /** Where the browser is sent once somebody said no in Slack. */
  const wayBack = async (authorizeUrl: string): Promise<URL> => {
    const state = encodeURIComponent(new URL(authorizeUrl).searchParams.get('state') ?? '');
    const callback = `${world.url}/slack/oauth/callback?error=access_denied&state=${state}`;
    const { headers } = await fetch(callback, { redirect: 'manual' });
    return new URL(headers.get('location') ?? 'nowhere:');
  };

  test('leads to a listed origin or nowhere, however the address is spelled', async () => {
    let accepted = 0;
    const leadsNowhereElse = async (returnTo: string): Promise<void> => {
      const { authorizeUrl, code } = await begin(returnTo);
      if (!authorizeUrl) {
        expect(['BAD_USER_INPUT', 'RETURN_ORIGIN_NOT_ALLOWED']).toContain(code);
        return;
      }
      accepted += 1;
      const location = await wayBack(authorizeUrl);
      expect(ALLOWED).toContain(location.origin);
      expect(location.username + location.password).toBe('');
      expect(location.searchParams.getAll('status')).toEqual(['failed']);
    };
    await fc.assert(fc.asyncProperty(fc.oneof(address, disturbed), leadsNowhereElse), { numRuns: 400 });
    expect(accepted).toBeGreaterThan(10);
  });

  test('the answer of the playground’s address stays on this host', async () => {
    for (const path of ['/playground?x=//evil.example', '/playground?/../..//evil.example', '/?x=1']) {
      const response = await fetch(`${world.url}${path}`, { redirect: 'manual' });
      const location = new URL(response.headers.get('location') ?? '', world.url);
      expect(location.origin).toBe(new URL(world.url).origin);
    }
  });
});
