/** What the simulated Slack of a sandbox takes, and everybody knows. */
export const SANDBOX_CREDENTIALS = {
  SLACK_CLIENT_ID: 'sandbox-client',
  SLACK_CLIENT_SECRET: 'sandbox-secret',
  SLACK_SIGNING_SECRET: 'sandbox-signing-secret',
} as const;

export const SLACK_API_URL = 'https://slack.com/api/';

/** Against a simulator, http and a signing secret of any form are right. */
export const isSlackItself = (apiUrl: string): boolean => /(^|\.)slack(-gov)?\.com$/.test(new URL(apiUrl).hostname);
