import Table from 'cli-table3';
import type { BenchReport, Goal, MachineLimits, MeasuredFigure } from './figures.ts';
import { isMet, spreadOf } from './ratios.ts';

const numberText = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
};

const goalText = (goal: Goal | undefined): string =>
  [goal?.atLeast === undefined ? '' : `≥ ${goal.atLeast}`, goal?.atMost === undefined ? '' : `≤ ${goal.atMost}`]
    .filter((text) => text !== '')
    .join(' ');

const verdictOf = (value: number, goal: Goal | undefined): string => {
  const met = isMet(value, goal);
  if (met === undefined) return '';
  return met ? 'met' : 'NOT MET';
};

const spreadText = (values: readonly number[]): string => {
  const { least, most } = spreadOf(values);
  return values.length < 2 ? '' : `${numberText(least)} – ${numberText(most)}`;
};

const tableOf = (head: string[], rows: readonly string[][]): string => {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
};

const loadText = ({ load, seconds }: MeasuredFigure): string =>
  `load ${load[0].toFixed(1)} before, ${load[1].toFixed(1)} after; ${Math.round(seconds)} s`;

export const limitsText = (limits: MachineLimits): string =>
  [
    `${limits.cpus} x ${limits.cpu}, ${limits.memoryGb} GB; Node ${limits.node}, Postgres ${limits.postgres}, huge pages ${limits.hugePages}`,
    `sha256 ${numberText(limits.sha256MbPerSecond)} MB/s on one core`,
    `fdatasync of a page ${numberText(limits.fsyncsPerSecond)}/s`,
    `node:http echo ${numberText(limits.httpEchoesPerSecond)}/s over 32 connections`,
    `one-row commits ${numberText(limits.commitsPerSecond)}/s over 32 connections`,
  ].join('; ');

/** One figure, as soon as it is measured. */
export const figureText = (figure: MeasuredFigure): string => {
  const readings = figure.readings.map(({ of, what, unit, values, goal }) => {
    const { median } = spreadOf(values);
    return [of, what, `${numberText(median)} ${unit}`, spreadText(values), goalText(goal), verdictOf(median, goal)];
  });
  const curves = (figure.curves ?? []).map(({ of, along, points }) => {
    const names = Object.keys(points[0]?.values ?? {});
    const rows = points.map(({ at, values }) => [
      at.toLocaleString('en-US'),
      ...names.map((name) => numberText(values[name] ?? Number.NaN)),
    ]);
    return `${of}:\n${tableOf([along, ...names], rows)}`;
  });
  return [
    `── ${figure.name} (${loadText(figure)})`,
    ...figure.setup.map((line) => `   ${line}`),
    tableOf(['', 'figure', 'median', 'spread', 'goal', ''], readings),
    ...curves,
    ...(figure.notes ?? []).map((note) => `!! ${note}`),
    '',
  ].join('\n');
};

/** The table at the end: ratios, which hold on other machines too, with the spread of their rounds. */
export const ratiosText = ({ figures, limits, mode }: BenchReport): string => {
  const rows = figures.flatMap((figure) =>
    figure.ratios.map(({ of, over, what, perRound, goal }) => {
      const { median } = spreadOf(perRound);
      const row = [figure.name, `${what}: ${of} / ${over}`, numberText(median), spreadText(perRound)];
      return [...row, goalText(goal), verdictOf(median, goal), figure.load.map((load) => load.toFixed(1)).join(' → ')];
    }),
  );
  return [
    `Ratios (${mode} run). This machine: ${limitsText(limits)}.`,
    tableOf(['figure', 'ratio', 'median', 'spread', 'goal', '', 'load'], rows),
  ].join('\n');
};
