import { describe, expect, test } from 'vitest';
import { problemsOf, readSettings, SLACK_CREDENTIALS } from '../../test/support/settings.ts';

describe('sandbox mode', () => {
  const SIMULATOR = { SLACK_API_URL: 'http://simulator:4001/api' };

  test('talks to the simulated Slack that is named, and then starts none of its own', () => {
    expect(readSettings({}).slack).toMatchObject({ sandbox: true, startsSimulator: true });
    expect(readSettings(SIMULATOR).slack).toMatchObject({
      sandbox: true,
      startsSimulator: false,
      apiUrl: 'http://simulator:4001/api/',
      authorizeUrl: 'http://simulator:4001/oauth/v2/authorize',
      simulatorUrl: 'http://simulator:4001',
    });
  });

  test('is not left for Slack itself by its addresses alone', () => {
    const slack = {
      SLACK_API_URL: 'https://slack.com/api',
      SLACK_AUTHORIZE_URL: 'https://slack.com/oauth/v2/authorize',
    };
    expect(readSettings(slack).slack).toEqual(readSettings({}).slack);
    expect(problemsOf({ ...slack, HELIOGRAPH_ROLE: 'delivery' })).toHaveLength(1);
  });

  test('sends browsers to the consent page that is named', () => {
    const page = 'https://slack.example.com/oauth/v2/authorize';
    expect(readSettings({ SLACK_AUTHORIZE_URL: page }).slack).toMatchObject({
      startsSimulator: true,
      authorizeUrl: page,
    });
    expect(readSettings({ ...SIMULATOR, SLACK_AUTHORIZE_URL: page }).slack).toMatchObject({
      authorizeUrl: page,
      simulatorUrl: 'https://slack.example.com',
    });
  });

  test('a process that only delivers must be told which simulated Slack is meant', () => {
    const role = { HELIOGRAPH_ROLE: 'delivery' };
    expect(problemsOf(role)).toEqual([expect.stringMatching(/^HELIOGRAPH_ROLE: .*SLACK_API_URL/)]);
    expect(problemsOf({ ...role, ...SIMULATOR })).toEqual([]);
    expect(problemsOf({ ...SLACK_CREDENTIALS, ...role })).toEqual([]);
  });

  test.each([
    ['127.0.0.1', 'http://127.0.0.1:4001/api/', 'http://localhost:4001'],
    ['localhost', 'http://localhost:4001/api/', 'http://localhost:4001'],
    ['0.0.0.0', 'http://127.0.0.1:4001/api/', 'http://localhost:4001'],
    ['::', 'http://[::1]:4001/api/', 'http://localhost:4001'],
    ['::1', 'http://[::1]:4001/api/', 'http://localhost:4001'],
    ['10.1.2.3', 'http://10.1.2.3:4001/api/', 'http://10.1.2.3:4001'],
    ['fd00::7', 'http://[fd00::7]:4001/api/', 'http://[fd00::7]:4001'],
  ])('reaches its own simulated Slack, which listens on HOST, where HOST is %s', (host, apiUrl, simulatorUrl) => {
    expect(readSettings({ HOST: host }).slack).toMatchObject({ apiUrl, simulatorUrl });
  });

  test.each([
    ['0.0.0.0', 'http://heliograph.example.com', 'http://heliograph.example.com:4001'],
    ['0.0.0.0', 'https://heliograph.example.com', 'http://localhost:4001'],
    ['::', 'http://192.168.1.7:4000', 'http://192.168.1.7:4001'],
    ['0.0.0.0', 'http://[fd00::7]:4000', 'http://[fd00::7]:4001'],
    ['0.0.0.0', 'http://127.0.0.1:4000', 'http://localhost:4001'],
    ['0.0.0.0', 'http://localhost:4080', 'http://localhost:4001'],
    ['127.0.0.1', 'https://heliograph.example.com', 'http://localhost:4001'],
  ])('sends browsers to it under the host that is published: HOST %s, PUBLIC_URL %s', (host, publicUrl, url) => {
    expect(readSettings({ HOST: host, PUBLIC_URL: publicUrl }).slack).toMatchObject({
      apiUrl: expect.stringMatching(/^http:\/\/(127\.0\.0\.1|\[::1\]):4001\/api\/$/),
      authorizeUrl: `${url}/oauth/v2/authorize`,
      simulatorUrl: url,
    });
  });

  test('needs no port for a simulated Slack that runs elsewhere', () => {
    expect(problemsOf({ ...SIMULATOR, PORT: '65535' })).toEqual([]);
  });
});

test.each([
  ['SLACK_CLIENT_ID', 'sandbox-client'],
  ['SLACK_CLIENT_SECRET', 'sandbox-secret'],
  ['SLACK_SIGNING_SECRET', 'sandbox-signing-secret'],
])('in production %s of the simulated Slack is refused for Slack itself', (name, value) => {
  const problemsAt = (apiUrl: string | undefined) =>
    problemsOf({ NODE_ENV: 'production', ...SLACK_CREDENTIALS, [name]: value, SLACK_API_URL: apiUrl }).filter(
      (problem) => problem.startsWith('SLACK_'),
    );
  const refused = `${name}: must be the Slack app's own in production; this one is the simulated Slack's`;
  for (const url of [undefined, 'https://slack.com/api/', 'https://slack-gov.com/api/'])
    expect(problemsAt(url)).toEqual([refused]);
  expect(problemsAt('http://simulator:4001/api/')).toEqual([]);
  expect(problemsAt('not a url')).toEqual(['SLACK_API_URL: must be an http or https URL']);
});
