import { serverAudits, type AuditResult } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../support/world.ts';

/**
 * A request that cannot be run is a 400 whatever the client accepts, as Apollo does it: a client that looks only at the
 * status must not take it for done. The specification would rather have 200 where `application/json` is accepted.
 */
const DELIBERATE_WARNINGS = [
  'SHOULD use 200 status code on document parsing failure when accepting application/json',
  'SHOULD use 200 status code on document validation failure when accepting application/json',
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

/** Queries by GET, which a server MAY take: their variables would stand in the logs of every proxy. */
const DELIBERATE_NOTICES = [
  'MAY accept application/x-www-form-urlencoded formatted GET requests',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
];

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

test('the audit of GraphQL over HTTP finds no error, and no warning that is not deliberate', async () => {
  const token = await world.token('auditor', { audited: 'ADMIN' });
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` } });
  const results: AuditResult[] = [];
  for (const audit of serverAudits({ url: `${world.url}/graphql`, fetchFn })) results.push(await audit.fn());
  expect(results.length).toBeGreaterThan(50);
  const named = (status: AuditResult['status']): string[] =>
    results.filter((result) => result.status === status).map(({ name }) => name);
  expect(named('error')).toEqual([]);
  expect(named('warn')).toEqual(DELIBERATE_WARNINGS);
  expect(named('notice')).toEqual(DELIBERATE_NOTICES);
});

test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('a %s is answered with what is allowed', async (method) => {
  const response = await fetch(`${world.url}/graphql?query={viewer{userId}}`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});
