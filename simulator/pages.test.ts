import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksHtml } from './pages/blocks.ts';
import { mrkdwnHtml } from './pages/mrkdwn.ts';
import type { TestSlack } from './test-world.ts';
import { startTestSlack } from './test-world.ts';

const GENERAL = 'C0ACME0001';
const names = { person: (id: string) => (id === 'U1' ? 'Ada' : null), channel: () => null };
let slack: TestSlack;

beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());

test.each([
  ['*bold* _it_ ~old~', '<b>bold</b> <i>it</i> <s>old</s>'],
  ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
  ['`a *b* <c>`', '<code>a *b* &lt;c&gt;</code>'],
  ['&lt;ok&gt; &amp; fine', '&lt;ok&gt; &amp; fine'],
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['<javascript:alert(1)|click>', '&lt;javascript:alert(1)|click&gt;'],
  ['<@U1> <!here>', '<span class="mention">@Ada</span> <span class="mention">@here</span>'],
  [
    '<https://a.example/?x="onload=1|go>',
    '<a href="https://a.example/?x=&quot;onload=1" target="_blank" rel="noopener noreferrer">go</a>',
  ],
  ['one\n&gt; two\nthree', 'one<br><blockquote>two</blockquote>three'],
  [':tada: :no_such:', '🎉 :no_such:'],
])('mrkdwn %j is shown safely', (source, html) => {
  expect(mrkdwnHtml(source, names)).toBe(html);
});

test('blocks show no picture of another host and no script', () => {
  const html = blocksHtml(
    [
      { type: 'image', image_url: 'https://evil.example/x.png', alt_text: '<img src=x>' },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Go' }, url: 'javascript:alert(1)' }],
      },
    ],
    names,
  );
  expect(html).not.toMatch(/<img|href/);
});

test('a permalink shows its message highlighted, on a page that asks nothing of other hosts', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'find me <b>' });
  const { permalink = '' } = await client.chat.getPermalink({ channel: GENERAL, message_ts: ts });
  const response = await fetch(permalink);
  const page = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).toMatch(new RegExp(`class="message is-target" id="p${ts.replace('.', '')}"`));
  expect(page).toContain('find me &lt;b&gt;');
  expect(page).toContain('APP</span>');
});

test('the poll answers nothing until something changed', async () => {
  const page = await (await fetch(`${slack.url}/client/T0ACME/${GENERAL}`)).text();
  const version = /data-version="(\d+)"/.exec(page)?.[1] ?? '';
  const poll = (): Promise<Response> => fetch(`${slack.url}/client/T0ACME/${GENERAL}/live?v=${version}`);
  expect((await poll()).status).toBe(204);
  await slack.control('POST', 'message', { team: 'T0ACME', channel: GENERAL, user: 'U0ACME001', text: 'news' });
  expect(await (await poll()).json()).toMatchObject({ messages: expect.stringContaining('news') as string });
});

test('the first page leads to where the app posted last, and unknown pages say so', async () => {
  expect((await fetch(`${slack.url}/`)).url).toBe(`${slack.url}/client/T0ACME/${GENERAL}`);
  expect((await fetch(`${slack.url}/archives/${GENERAL}/p1000000000000001`)).status).toBe(404);
});
