import { Alert, Text, Timeline } from '@mantine/core';
import type { ReactNode } from 'react';
import type { WaitReason, WaitingPartsFragment } from '../../generated/graphql.ts';
import { Icon } from '../parts/icons.tsx';
import { colourOf, wordOf } from '../parts/status.tsx';
import styles from './progress.module.css';
import { atTime, exactly, lasted } from '../parts/moment.ts';
import { When } from '../parts/time.tsx';
import { storyOf, type Step, wordsOf } from './story.ts';
import type { Detail } from './use-notification.ts';

const REASONS: Readonly<Record<WaitReason, string>> = {
  SCHEDULED: 'Waiting for its time',
  PACING: 'Waiting for its turn',
  RATE_LIMITED: 'Slack asked to wait',
  BACKOFF: 'Waiting before the next try',
  TEAM_PAUSED: 'The whole Slack team is paused',
  CONFIRMING: 'Looking whether the message is there',
  CONNECTION: 'Waiting for the connection',
};

/** Reasons whose detail says already how many are before it. */
const TELLS_POSITION: readonly WaitReason[] = ['PACING', 'RATE_LIMITED'];

/** Why it does not move now, and when it goes on at the earliest. */
export function Waits({ waiting }: { waiting: WaitingPartsFragment }): ReactNode {
  const { reason, detail, until, position } = waiting;
  return (
    <Alert color="dusk" variant="light" title={REASONS[reason]} icon={<Icon name="refresh" />}>
      {detail}
      {until ? (
        <>
          {' '}
          Not before {atTime(until)} (<When at={until} />
          ).
        </>
      ) : null}
      {(position ?? 0) > 0 && !TELLS_POSITION.includes(reason)
        ? ` ${(position ?? 0).toLocaleString('en')} before it in its channel.`
        : null}
    </Alert>
  );
}

function titleOf(step: Step): string {
  return step.kind === 'change' ? wordOf(step.change.to) : `Try ${step.attempt.number}: ${wordsOf(step.attempt)}`;
}

/** The failure that it ended with stands above, with its remedy. */
function noteOf(step: Step, { failure }: Detail): string | undefined {
  if (step.kind === 'change')
    return step.change.failure?.code === failure?.code ? undefined : step.change.failure?.message;
  const { durationMs } = step.attempt;
  return durationMs === null || durationMs === undefined ? undefined : `after ${lasted(durationMs)}`;
}

/** All that has happened so far, newest last, and why it waits where it waits. */
export function Progress({ detail }: { detail: Detail }): ReactNode {
  const steps = storyOf(detail);
  return (
    <>
      <Timeline
        active={steps.length}
        bulletSize={12}
        lineWidth={2}
        aria-label="What happened"
        className={styles['story'] ?? ''}
      >
        {steps.map((step) => (
          <Timeline.Item
            key={step.key}
            color={step.kind === 'change' ? colourOf(step.change.to) : 'var(--quiet)'}
            data-kind={step.kind}
            title={
              <span className={styles['step']}>
                <span>{titleOf(step)}</span>
                <time dateTime={step.at} title={exactly(step.at)}>
                  {atTime(step.at)}
                </time>
              </span>
            }
          >
            {noteOf(step, detail) ? (
              <Text size="xs" c="dimmed">
                {noteOf(step, detail)}
              </Text>
            ) : null}
          </Timeline.Item>
        ))}
      </Timeline>
      {detail.waiting ? <Waits waiting={detail.waiting} /> : null}
    </>
  );
}
