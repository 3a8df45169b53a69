// What is posted all at once by @slack/web-api with its own retries, as it comes: it waits where Slack says so.
import { WebClient } from '@slack/web-api';
import { obey, settings } from './obey.mjs';

const { apiUrl, token, channel } = settings;
const slack = new WebClient(token, { slackApiUrl: apiUrl });

obey({
  post: ({ count }) => {
    for (let number = 0; number < count; number += 1)
      slack.chat.postMessage({ channel, text: `filling ${number + 1}` }).catch(() => {});
  },
});
