import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../test/support/processes.ts';
import { findInPath } from './assistant.ts';
import { startDaemon } from './rivals.ts';

export interface Alertmanager {
  readonly setup: string;
  /** Fires so many alerts, each of a group of its own: one message each. */
  fire(count: number): Promise<void>;
  stop(): Promise<void>;
}

const configOf = (apiUrl: string, token: string, channel: string): string => `route:
  receiver: slack
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: slack
    slack_configs:
      - api_url: ${apiUrl}chat.postMessage
        channel: ${channel}
        title: ''
        text: '{{ range .Alerts }}{{ .Annotations.text }}{{ end }}'
        fallback: '{{ range .Alerts }}{{ .Annotations.text }}{{ end }}'
        http_config:
          authorization:
            credentials: ${token}
`;

/** Prometheus' Alertmanager with Slack as its receiver; undefined where it is not installed. */
export const startAlertmanager = async (
  apiUrl: string,
  token: string,
  channel: string,
): Promise<Alertmanager | undefined> => {
  const file = findInPath('prometheus-alertmanager', 'alertmanager');
  if (file === undefined) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-alertmanager-'));
  const config = path.join(folder, 'alertmanager.yml');
  writeFileSync(config, configOf(apiUrl, token, channel));
  const port = await freePort();
  const { stop } = await startDaemon(
    file,
    [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    (line) => /listening|Listening on/.test(line),
  );
  return {
    setup:
      'Alertmanager: group_by everything (a message for each alert), group_wait 0 s, Slack receiver by chat.postMessage.',
    fire: async (count) => {
      const alerts = Array.from({ length: count }, (_, number) => ({
        labels: { alertname: 'bench', number: `${number + 1}` },
        annotations: { text: `filling ${number + 1}` },
      }));
      const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`Alertmanager refused the alerts: ${await response.text()}`);
    },
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
