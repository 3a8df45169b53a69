import type { ChannelPlan, TeamPlan } from './plan.ts';

const publicChannels: readonly ChannelPlan[] = [
  { name: 'general', botJoins: true, topic: 'Company-wide news', purpose: 'For everybody at Acme.' },
  { name: 'random', purpose: 'Everything that fits nowhere else.' },
  {
    name: 'website-audits',
    botJoins: true,
    topic: 'Audits of the sites we look after',
    purpose: 'Finished audits arrive here.',
  },
  { name: 'deployments', botJoins: true, topic: 'What went out, and when' },
  { name: 'incidents', topic: 'One thread per incident' },
  { name: 'releases' },
  { name: 'engineering', topic: 'Build, test, ship' },
  { name: 'frontend' },
  { name: 'data' },
  { name: 'design', topic: 'Work in progress welcome' },
  { name: 'product' },
  { name: 'marketing', topic: 'Spring campaign: 14 April' },
  { name: 'sales' },
  { name: 'support', topic: 'Customers first, then coffee' },
  { name: 'customer-feedback' },
  { name: 'weekly-metrics', botJoins: true },
  { name: 'finance-updates' },
  { name: 'hiring' },
  { name: 'onboarding' },
  { name: 'it-help' },
  { name: 'office-rotterdam' },
  { name: 'launch-week' },
  { name: 'watercooler' },
  { name: 'announcements', readOnly: true, topic: 'Read only: the office of the COO posts here' },
  { name: 'ask-anything', threadOnly: true, topic: 'Answer in threads only' },
  { name: 'offsite-2023', archived: true },
  { name: 'legacy-billing', archived: true },
];

const privateChannels: readonly ChannelPlan[] = [
  { name: 'ops-alerts', kind: 'private', botJoins: true, members: ['ada', 'ben', 'priya'], topic: 'Pages and alerts' },
  { name: 'leadership', kind: 'private', members: ['ada', 'chloe'] },
  { name: 'hr-confidential', kind: 'private', members: ['chloe'] },
  { name: 'project-aurora', kind: 'private', members: ['ada', 'ben', 'diego'] },
  { name: 'mpdm-ada--ben--chloe-1', kind: 'mpim', members: ['ada', 'ben', 'chloe'] },
  { name: 'ada-ben', kind: 'im', members: ['ada', 'ben'] },
  { name: 'ada-chloe', kind: 'im', members: ['ada', 'chloe'] },
];

const sharedChannels: readonly ChannelPlan[] = [
  { name: 'with-globex', shared: true, topic: 'Slack Connect: people of another organisation read along' },
];

export const acme: TeamPlan = {
  id: 'T0ACME',
  code: 'ACME',
  name: 'Acme',
  domain: 'acme',
  enterprise: null,
  people: [
    { handle: 'ada', realName: 'Ada Okafor', title: 'Head of Operations', isAdmin: true },
    { handle: 'ben', realName: 'Ben Visser', title: 'Site Reliability' },
    { handle: 'chloe', realName: 'Chloe Martin', title: 'People and Culture' },
    { handle: 'diego', realName: 'Diego Ramos', title: 'Web Engineer', timezone: 'America/Bogota' },
    { handle: 'priya', realName: 'Priya Nair', title: 'Customer Success', timezone: 'Asia/Kolkata' },
    { handle: 'tom', realName: 'Tom Becker', title: 'Left in spring', deleted: true },
  ],
  channels: [...publicChannels, ...privateChannels, ...sharedChannels],
  messages: [
    {
      channel: 'general',
      from: 'chloe',
      minutesAgo: 190,
      text: 'Good morning all :wave: the new coffee machine is here. *Please* read the note on it.',
    },
    {
      channel: 'general',
      from: 'ada',
      minutesAgo: 150,
      text: 'We are trying out <https://example.com/heliograph|Heliograph> for our audit notifications this week. Watch #website-audits.',
      replies: [
        { from: 'diego', text: 'Nice, does it know about retries?' },
        { from: 'ada', text: 'It says so. Let us see :eyes:' },
      ],
    },
    {
      channel: 'website-audits',
      from: 'ben',
      minutesAgo: 120,
      text: 'Finished audits will arrive here. `example.com` is first in line.',
    },
    { channel: 'random', from: 'priya', minutesAgo: 95, text: 'Lunch at 12:30? _Noodles_ again, or something brave?' },
    {
      channel: 'deployments',
      from: 'diego',
      minutesAgo: 80,
      text: '>web 4.18\nout on all hosts, ~one~ zero rollbacks :tada:',
    },
  ],
};
