import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DeliveryStatusChangedDocument, ViewerDocument } from '../generated/graphql.ts';
import { Caller } from '../support/caller.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { World } from '../support/world.ts';

const SECRET = 'the-shared-secret-of-this-test-file-only';
const KEY = new TextEncoder().encode(SECRET);

let world: World;
beforeAll(async () => {
  world = await World.start({ env: { AUTH_JWT_SECRET: SECRET } });
});
afterAll(() => world.stop());

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

const good = () => ({
  sub: 'ana',
  iss: 'heliograph',
  aud: 'heliograph',
  exp: seconds(60),
  workspaces: { demo: 'ADMIN' } as unknown,
});

const signed = (claims: object, alg = 'HS256', key: Uint8Array | CryptoKey = KEY, kid?: string): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);

const without = (name: keyof ReturnType<typeof good>): object =>
  Object.fromEntries(Object.entries(good()).filter(([claim]) => claim !== name));

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const tampered = async (): Promise<string> => {
  const [header, , signature] = (await signed(good())).split('.');
  return `${header}.${part({ ...good(), workspaces: { demo: 'ADMIN', other: 'ADMIN' } })}.${signature}`;
};

const ofOwnRsaKey = (): Promise<string> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return signed(good(), 'RS256', privateKey as unknown as CryptoKey);
};

const BAD: Record<string, () => string | undefined | Promise<string>> = {
  'no token at all': () => undefined,
  'another scheme': async () => `Basic ${await signed(good())}`,
  'a bare scheme': () => 'Bearer ',
  'two tokens': async () => `Bearer ${await signed(good())} ${await signed(good())}`,
  garbage: () => 'Bearer not-a-token',
  'three dots of garbage': () => 'Bearer a.b.c',
  'the algorithm none': () => `Bearer ${part({ alg: 'none' })}.${part(good())}.`,
  'the algorithm none, spelled otherwise': () => `Bearer ${part({ alg: 'NoNe' })}.${part(good())}.`,
  'another algorithm with the right secret': async () => `Bearer ${await signed(good(), 'HS512')}`,
  'a public-key algorithm': async () => `Bearer ${await ofOwnRsaKey()}`,
  'another secret': async () => `Bearer ${await signed(good(), 'HS256', new TextEncoder().encode('x'.repeat(40)))}`,
  'a payload changed after signing': async () => `Bearer ${await tampered()}`,
  'another issuer': async () => `Bearer ${await signed({ ...good(), iss: 'somebody' })}`,
  'no issuer': async () => `Bearer ${await signed(without('iss'))}`,
  'another audience': async () => `Bearer ${await signed({ ...good(), aud: 'another-service' })}`,
  'no audience': async () => `Bearer ${await signed(without('aud'))}`,
  expired: async () => `Bearer ${await signed({ ...good(), exp: seconds(-1) })}`,
  'no expiry': async () => `Bearer ${await signed(without('exp'))}`,
  'not valid yet': async () => `Bearer ${await signed({ ...good(), nbf: seconds(60) })}`,
  'no subject': async () => `Bearer ${await signed(without('sub'))}`,
  'an empty subject': async () => `Bearer ${await signed({ ...good(), sub: '' })}`,
  'no workspaces': async () => `Bearer ${await signed(without('workspaces'))}`,
  'workspaces as a list': async () => `Bearer ${await signed({ ...good(), workspaces: ['demo'] })}`,
  'an unknown role': async () => `Bearer ${await signed({ ...good(), workspaces: { demo: 'OWNER' } })}`,
  'a workspace id that is too long': async () =>
    `Bearer ${await signed({ ...good(), workspaces: { ['w'.repeat(129)]: 'ADMIN' } })}`,
  'every workspace for an admin': async () => `Bearer ${await signed({ ...good(), workspaces: { '*': 'ADMIN' } })}`,
  'every workspace for a member': async () => `Bearer ${await signed({ ...good(), workspaces: { '*': 'MEMBER' } })}`,
};

const askViewer = async (authorization: string | undefined, url = world.url) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    body: JSON.stringify({ query: ViewerDocument.toString() }),
  });
  return { response, text: await response.text() };
};

describe.each(Object.entries(BAD))('%s', (_name, authorization) => {
  test('is UNAUTHENTICATED with status 401 over HTTP', async () => {
    const given = await authorization();
    const { response, text } = await askViewer(given);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(text).not.toContain('"data":{');
    if (given !== undefined && given.length > 40) expect(text).not.toContain(given.slice(8, 40));
  });

  test('closes a socket with 4403', async () => {
    const socket = await RawSocket.open(world.url, await authorization());
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.messages).toEqual([]);
  });
});

test('a good token says who is calling and in which workspaces', async () => {
  const caller = new Caller(
    world.url,
    'ana',
    await signed({ ...good(), workspaces: { demo: 'ADMIN', two: 'MEMBER' } }),
  );
  expect(await caller.run(ViewerDocument, {})).toEqual({
    viewer: {
      userId: 'ana',
      memberships: [
        { workspaceId: 'demo', role: 'ADMIN' },
        { workspaceId: 'two', role: 'MEMBER' },
      ],
    },
  });
});

test('a service may carry the workspace *, and it shows as such', async () => {
  const token = await signed({ ...good(), sub: 'service:audits', workspaces: { '*': 'SERVICE' } });
  const { viewer } = await new Caller(world.url, 'service:audits', token).run(ViewerDocument, {});
  expect(viewer).toEqual({ userId: 'service:audits', memberships: [{ workspaceId: '*', role: 'SERVICE' }] });
});

test('a bad token is refused before the body is looked at', async () => {
  const response = await fetch(`${world.url}/graphql`, { method: 'POST', body: 'no JSON at all' });
  expect(response.status).toBe(401);
});

test('a token that was taken a moment ago is refused once it has expired, and not before', async () => {
  const exp = seconds(2);
  const authorization = `Bearer ${await signed({ ...good(), exp })}`;
  const statusNow = async (): Promise<number> => (await askViewer(authorization)).response.status;
  expect(await statusNow()).toBe(200);
  await vi.waitUntil(async () => (await statusNow()) === 401, { timeout: 5000 });
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
});

test('a socket closes with 4403 when its token expires, and not before', async () => {
  const exp = seconds(2);
  const socket = await RawSocket.open(world.url, `Bearer ${await signed({ ...good(), exp })}`);
  await socket.message('connection_ack');
  const query = DeliveryStatusChangedDocument.toString();
  socket.send({ type: 'subscribe', id: '1', payload: { query, variables: { workspaceId: 'demo' } } });
  expect(await socket.closed).toMatchObject({ code: 4403 });
  const late = Date.now() - exp * 1000;
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(5000);
});

describe('tokens checked by AUTH_JWKS_URL', () => {
  const pairs: Record<string, { publicKey: CryptoKey; privateKey: CryptoKey }> = {};
  let keys: JWK[] = [];
  let keyServer: Server;
  let reads = 0;
  let jwksUrl: string;
  let url: string;
  beforeAll(async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA']) pairs[alg] = await generateKeyPair(alg, { extractable: true });
    keys = await Promise.all(
      Object.entries(pairs).map(async ([alg, pair]) => ({ ...(await exportJWK(pair.publicKey)), kid: alg, alg })),
    );
    keyServer = createServer((_request, response) => {
      reads += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    keyServer.listen(0, '127.0.0.1');
    await once(keyServer, 'listening');
    jwksUrl = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks.json`;
    url = await world.addServer({ AUTH_JWT_SECRET: '', AUTH_JWKS_URL: jwksUrl });
  });
  afterAll(() => keyServer.close());

  const privateKey = (alg: string): CryptoKey => pairs[alg]?.privateKey as CryptoKey;

  test.each(['RS256', 'ES256', 'EdDSA'])('a token signed with %s is accepted', async (alg) => {
    const caller = new Caller(url, 'ana', await signed(good(), alg, privateKey(alg), alg));
    expect(await caller.run(ViewerDocument, {})).toMatchObject({
      viewer: { userId: 'ana' },
    });
  });

  test('a key that the product does not publish is refused', async () => {
    const own = await generateKeyPair('ES256');
    const { response } = await askViewer(`Bearer ${await signed(good(), 'ES256', own.privateKey, 'ES256')}`, url);
    expect(response.status).toBe(401);
  });

  test('the keys are read once for many tokens', async () => {
    const tokens = await Promise.all(Object.keys(pairs).map((alg) => signed(good(), alg, privateKey(alg), alg)));
    await askViewer(`Bearer ${tokens[0]}`, url);
    const before = reads;
    const answers = await Promise.all(
      [...tokens, ...tokens, ...tokens].map((token) => askViewer(`Bearer ${token}`, url)),
    );
    expect(new Set(answers.map(({ response }) => response.status))).toEqual(new Set([200]));
    expect(reads).toBe(before);
  });

  test('a rotated key works without a restart, and the earlier one until it is withdrawn', async () => {
    const next = await generateKeyPair('ES256', { extractable: true });
    const rotated = await signed(good(), 'ES256', next.privateKey, 'next');
    const statusOf = async (token: string) => (await askViewer(`Bearer ${token}`, url)).response.status;
    expect(await statusOf(rotated)).toBe(401);
    keys = [...keys, { ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256' }];
    await expect.poll(() => statusOf(rotated), { timeout: 10_000, interval: 100 }).toBe(200);
    expect(await statusOf(await signed(good(), 'ES256', privateKey('ES256'), 'ES256'))).toBe(200);
  });

  test('made-up key ids do not make the server read the keys again and again', async () => {
    const madeUp = await Promise.all(
      Array.from({ length: 30 }, (_, index) => signed(good(), 'ES256', privateKey('ES256'), `made-up-${index}`)),
    );
    const [before, startedMs] = [reads, performance.now()];
    const answers = await Promise.all(madeUp.map((token) => askViewer(`Bearer ${token}`, url)));
    expect(new Set(answers.map(({ response }) => response.status))).toEqual(new Set([401]));
    expect(reads - before).toBeLessThanOrEqual(2 + (performance.now() - startedMs) / 1000);
  });

  test('another key id is refused', async () => {
    const token = await signed(good(), 'ES256', privateKey('ES256'), 'a-key-of-yesterday');
    expect((await askViewer(`Bearer ${token}`, url)).response.status).toBe(401);
  });

  test('a public key used as a shared secret is refused', async () => {
    const secret = JSON.stringify(keys.find(({ kid }) => kid === 'RS256'));
    const unsigned = `${part({ alg: 'HS256', kid: 'RS256' })}.${part(good())}`;
    const token = `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
    expect((await askViewer(`Bearer ${token}`, url)).response.status).toBe(401);
  });

  test('the claims are checked as they are with a shared secret', async () => {
    const token = await signed({ ...good(), iss: 'somebody' }, 'ES256', privateKey('ES256'), 'ES256');
    expect((await askViewer(`Bearer ${token}`, url)).response.status).toBe(401);
  });

  test('keys that cannot be read are our trouble and not the token’s', async () => {
    const away = await world.addServer({ AUTH_JWT_SECRET: '', AUTH_JWKS_URL: jwksUrl.replace(/:\d+/, ':1') });
    const authorization = `Bearer ${await signed(good(), 'ES256', privateKey('ES256'), 'ES256')}`;
    const { response, text } = await askViewer(authorization, away);
    expect(response.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }],
    });
    const socket = await RawSocket.open(away, authorization);
    expect(await socket.closed).toMatchObject({ code: 1013 });
  });
});
