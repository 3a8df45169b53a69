import type { Enterprise } from '../model.ts';
import { acme } from './acme.ts';
import type { ChannelPlan, TeamPlan } from './plan.ts';

const initrode: Enterprise = { id: 'E0INITRODE', name: 'Initrode Holdings' };

const named = (names: readonly string[]): ChannelPlan[] => names.map((name) => ({ name }));

const globex: TeamPlan = {
  id: 'T0GLOBEX',
  code: 'GLBX',
  name: 'Globex Corporation',
  domain: 'globex',
  enterprise: null,
  people: [
    { handle: 'hana', realName: 'Hana Sato', title: 'Platform Lead', isAdmin: true, timezone: 'Asia/Tokyo' },
    { handle: 'marcus', realName: 'Marcus Bell', title: 'Logistics' },
    { handle: 'noor', realName: 'Noor Haddad', title: 'Analyst' },
  ],
  channels: [
    { name: 'general', botJoins: true, purpose: 'For everybody at Globex.' },
    { name: 'random' },
    { name: 'alerts', botJoins: true },
    ...named(['platform', 'logistics', 'reports', 'audits', 'press', 'legal', 'travel', 'lab']),
    { name: 'notices', readOnly: true },
    { name: 'old-warehouse', archived: true },
    { name: 'board', kind: 'private', members: ['hana'] },
    { name: 'oncall', kind: 'private', botJoins: true, members: ['hana', 'marcus'] },
  ],
  messages: [{ channel: 'general', from: 'hana', minutesAgo: 75, text: 'Alerts move to #alerts from today.' }],
};

const initech: TeamPlan = {
  id: 'T0INITECH',
  code: 'INTC',
  name: 'Initech',
  domain: 'initech',
  enterprise: initrode,
  people: [
    { handle: 'milena', realName: 'Milena Kovac', title: 'Reporting', isAdmin: true },
    { handle: 'peter', realName: 'Peter Lindqvist', title: 'Software' },
    { handle: 'samira', realName: 'Samira Aziz', title: 'Quality' },
  ],
  channels: [
    { name: 'general', botJoins: true },
    ...named(['random', 'cover-sheets', 'printers', 'quality']),
    { name: 'reports', botJoins: true },
    { name: 'memo', readOnly: true },
    { name: 'efficiency', kind: 'private', members: ['milena'] },
    { name: 'basement', kind: 'private', botJoins: true, members: ['milena', 'samira'] },
  ],
  messages: [
    { channel: 'general', from: 'milena', minutesAgo: 60, text: 'Reports go out on Friday, with the cover sheet.' },
  ],
};

const initrodeHome: TeamPlan = {
  id: 'T0INITRODE',
  code: 'INTR',
  name: 'Initrode',
  domain: 'initrode',
  enterprise: initrode,
  people: [
    { handle: 'olu', realName: 'Olu Adeyemi', title: 'Group IT', isAdmin: true },
    { handle: 'greta', realName: 'Greta Holm', title: 'Group Finance' },
    { handle: 'ines', realName: 'Ines Costa', title: 'Group Legal' },
  ],
  channels: [
    { name: 'general', botJoins: true },
    ...named(['random', 'group-it']),
    { name: 'audit-room', kind: 'private', botJoins: true, members: ['olu', 'greta'] },
  ],
  messages: [],
};

const CITIES = (
  'rotterdam antwerp hamburg gdansk lisbon porto valencia genoa piraeus izmir haifa jeddah dubai mumbai chennai ' +
  'colombo penang singapore jakarta manila busan osaka yokohama tianjin ningbo auckland sydney perth durban mombasa ' +
  'lagos tema dakar casablanca oslo malmo tallinn riga turku cork dover bilbao nantes trieste rijeka varna odesa ' +
  'halifax savannah houston'
).split(' ');
const DESKS = 'customs trucking reefers claims berths rail drivers billing night-shift yard fuel permits'.split(' ');

/** 2 + 5,998 public channels: 50 cities x 12 desks x 10 numbers, cut to size. */
function umbrellaChannels(): ChannelPlan[] {
  const everybodyElse = { members: [], uncountedMembers: 24 };
  const desks = CITIES.flatMap((city) =>
    DESKS.flatMap((desk) =>
      Array.from({ length: 10 }, (_, index) => `${city}-${desk}-${String(index + 1).padStart(2, '0')}`),
    ),
  );
  return [
    { name: 'general', botJoins: true, uncountedMembers: 9_400 },
    { name: 'dispatch', botJoins: true, uncountedMembers: 310 },
    ...desks.slice(0, 5_998).map((name, index) => ({ name, archived: index % 100 === 99, ...everybodyElse })),
    { name: 'control-tower', kind: 'private', botJoins: true, members: ['rosa', 'kofi'] },
    { name: 'board-room', kind: 'private', members: ['rosa'] },
  ];
}

const umbrella: TeamPlan = {
  id: 'T0UMBRELLA',
  code: 'UMBR',
  name: 'Umbrella Logistics',
  domain: 'umbrella-logistics',
  enterprise: null,
  people: [
    { handle: 'rosa', realName: 'Rosa Delgado', title: 'Network Director', isAdmin: true },
    { handle: 'kofi', realName: 'Kofi Mensah', title: 'Dispatch' },
    { handle: 'yuki', realName: 'Yuki Tanaka', title: 'Yard Systems', timezone: 'Asia/Tokyo' },
  ],
  channels: umbrellaChannels(),
  messages: [
    { channel: 'dispatch', from: 'kofi', minutesAgo: 45, text: 'Night shift is complete. 412 units moved :ship:' },
  ],
};

export const teamPlans: readonly TeamPlan[] = [acme, globex, initech, initrodeHome, umbrella];

/** A team made on the fly; its ids follow from its own: `T0LOAD1` has `C0LOAD10001`, `U0LOAD1001`. */
export function loadTeamPlan(id: string, name: string, channels: number): TeamPlan {
  return {
    id,
    code: id.slice(2),
    name,
    domain: id.toLowerCase(),
    enterprise: null,
    people: [
      { handle: 'alex', realName: 'Alex Moreau', title: 'Admin', isAdmin: true },
      { handle: 'bo', realName: 'Bo Larsen', title: 'Member' },
      { handle: 'cam', realName: 'Cam Osei', title: 'Member' },
    ],
    channels: Array.from({ length: channels }, (_, index) => ({
      name: index === 0 ? 'general' : `channel-${index + 1}`,
      botJoins: true,
    })),
    messages: [],
  };
}
