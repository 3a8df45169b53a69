import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChannelsDocument, ConnectionDocument, HistoryIdsDocument } from '../generated/graphql.ts';
import { joinAsPerson, openDesk, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start();
  desk = await openDesk(world, 'cursors');
  await joinAsPerson(world, desk, 'ann', 'U0ACME002');
  await joinAsPerson(world, desk, 'ben', 'U0ACME003');
  const scheduledFor = '2090-01-01T00:00:00Z';
  for (const text of ['one', 'two', 'three']) await accepted(desk.admin, desk.message({ text, scheduledFor }));
});
afterAll(() => world.stop());

interface Asked {
  readonly codes: readonly string[];
  readonly endCursor: string | null | undefined;
}

type Ask = (first: number, after?: string | null, otherwise?: boolean) => Promise<Asked>;

/** Each list, and the same with other arguments. */
const LISTS: Readonly<Record<string, Ask>> = {
  notificationHistory: async (first, after = null, otherwise = false) => {
    const filter = otherwise ? { statuses: ['QUEUED'] } : {};
    const variables = { workspaceId: 'cursors', first, after, filter };
    const { data, errors } = await desk.admin.send<{ notificationHistory: PageOf }>(
      HistoryIdsDocument.toString(),
      variables,
    );
    return asked(data?.notificationHistory, errors);
  },
  'notificationHistory, searched': async (first, after = null, otherwise = false) => {
    const variables = { workspaceId: 'cursors', first, after, filter: { search: otherwise ? 'two' : 'one' } };
    const { data, errors } = await desk.admin.send<{ notificationHistory: PageOf }>(
      HistoryIdsDocument.toString(),
      variables,
    );
    return asked(data?.notificationHistory, errors);
  },
  channels: async (first, after = null, otherwise = false) => {
    const variables = { identityId: desk.bot.id, first, after, search: otherwise ? 'general' : null };
    const { data, errors } = await desk.admin.send<{ channels: PageOf }>(ChannelsDocument.toString(), variables);
    return asked(data?.channels, errors);
  },
  authorizations: async (first, after = null, otherwise = false) => {
    const caller = otherwise ? await world.as('ann', { cursors: 'MEMBER' }) : desk.admin;
    const variables = { id: desk.connection.id, first, after };
    const { data, errors } = await caller.send<{ connection: { authorizations: PageOf } }>(
      ConnectionDocument.toString(),
      variables,
    );
    return asked(data?.connection?.authorizations, errors);
  },
};

interface PageOf {
  readonly pageInfo: { readonly endCursor?: string | null };
}

const asked = (page: PageOf | undefined, errors: readonly { extensions: { code: string } }[] = []): Asked => ({
  codes: errors.map(({ extensions }) => extensions.code),
  endCursor: page?.pageInfo.endCursor,
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe.each(Object.entries(LISTS))('%s', (_name, ask) => {
  test.each([0, -1, 101])('first: %i is BAD_USER_INPUT', async (first) => {
    expect((await ask(first)).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('goes on from its own cursor', async () => {
    const { endCursor } = await ask(1);
    expect(endCursor).toBeTruthy();
    expect((await ask(1, endCursor)).codes).toEqual([]);
    expect((await ask(100, endCursor)).codes).toEqual([]);
  });

  test('a cursor of the same list with other arguments, or of another viewer, is CURSOR_INVALID', async () => {
    const { endCursor } = await ask(1);
    expect((await ask(1, endCursor, true)).codes).toEqual(['CURSOR_INVALID']);
  });

  test('a cursor of any other list is CURSOR_INVALID', async () => {
    for (const [other, askOther] of Object.entries(LISTS)) {
      if (askOther === ask) continue;
      const { endCursor } = await askOther(1);
      expect({ other, codes: (await ask(1, endCursor)).codes }).toEqual({ other, codes: ['CURSOR_INVALID'] });
    }
  });

  test('a cursor that was changed anywhere, lengthened or cut is CURSOR_INVALID', async () => {
    const endCursor = (await ask(1)).endCursor ?? '';
    const changed = Array.from({ length: 12 }, (_, step) => Math.floor((step * (endCursor.length - 1)) / 11)).map(
      (at) => {
        const other = ALPHABET[(ALPHABET.indexOf(endCursor[at] ?? '') + 1) % ALPHABET.length] ?? '';
        return endCursor.slice(0, at) + other + endCursor.slice(at + 1);
      },
    );
    const forged = [...changed, `${endCursor}AAAA`, `${endCursor}=`, `${endCursor}!`, endCursor.slice(0, -2), '', 'x'];
    for (const cursor of forged)
      expect({ cursor, codes: (await ask(1, cursor)).codes }).toEqual({ cursor, codes: ['CURSOR_INVALID'] });
  });
});
