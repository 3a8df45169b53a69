// One message for Slack by its own client, as every contender but Heliograph sends it.
import { WebClient } from '@slack/web-api';

/** Without retries of its own: the queue's are meant. */
export const slackOf = ({ apiUrl, token, ...options }) =>
  new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    maxRequestConcurrency: 100,
    ...options,
  });

export const poster = (settings) => {
  const slack = slackOf(settings);
  return ({ channel, text }) => slack.chat.postMessage({ channel, text });
};
