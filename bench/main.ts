// `npm run bench`: every figure of docs/performance.md, against what people would use instead, in one call.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { BENCH_FOLDER } from './assistant.ts';
import { Bed } from './bed.ts';
import type { BenchReport, Figure, MeasuredFigure, Plan } from './figures.ts';
import { loadNow, measureMachine } from './machine.ts';
import { figureText, limitsText, ratiosText } from './print.ts';
import { baselineOf, compare, type Baseline } from './ratios.ts';
import { accept } from './scenarios/accept.ts';
import { backlog } from './scenarios/backlog.ts';
import { deliver } from './scenarios/deliver.ts';
import { fairness } from './scenarios/fairness.ts';
import { history } from './scenarios/history.ts';
import { latency } from './scenarios/latency.ts';
import { liveIdle } from './scenarios/live-idle.ts';
import { live } from './scenarios/live.ts';
import { pace } from './scenarios/pace.ts';
import { scaleOut } from './scenarios/scale-out.ts';
import { search } from './scenarios/search.ts';
import { start } from './scenarios/start.ts';

const SCENARIOS: Readonly<Record<string, (bed: Bed, plan: Plan) => Promise<Figure>>> = {
  accept,
  deliver,
  pace,
  fairness,
  backlog,
  latency,
  history,
  live,
  'live-idle': liveIdle,
  search,
  'scale-out': scaleOut,
  start: (_bed, plan) => start(plan),
};

const BASELINE = path.join(BENCH_FOLDER, 'baseline.json');
const FULL_HISTORY_ROWS = 5_000_000;
const QUICK_HISTORY_ROWS = 50_000;

interface Options {
  readonly quick?: true;
  readonly json?: string;
  readonly check?: true;
  readonly writeBaseline?: true;
  readonly cpuProf?: string;
  readonly rounds?: string;
  readonly historyRows?: string;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What Heliograph is measured against, as bench/package-lock.json has it. Without them it measures what it can. */
const installRivals = (): void => {
  const lock = readFileSync(path.join(BENCH_FOLDER, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(BENCH_FOLDER, 'node_modules', '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say('Installing what Heliograph is measured against …');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: BENCH_FOLDER, stdio: 'inherit' });
  if (status === 0) writeFileSync(stamp, hash);
  else say('!! npm ci failed in bench/: THE RIVALS ARE NOT MEASURED.');
};

const measure = async (bed: Bed, name: string, plan: Plan): Promise<MeasuredFigure> => {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`There is no figure ${name}; there are: ${Object.keys(SCENARIOS).join(', ')}.`);
  const [before, startedAt] = [loadNow(), performance.now()];
  const figure = await scenario(bed, plan);
  return { ...figure, seconds: (performance.now() - startedAt) / 1000, load: [before, loadNow()] };
};

const planOf = ({ quick, rounds, historyRows }: Options): Plan => ({
  quick: quick === true,
  rounds: Number(rounds ?? (quick ? 2 : 3)),
  historyRows: Number(historyRows ?? (quick ? QUICK_HISTORY_ROWS : FULL_HISTORY_ROWS)),
});

/** Whether nothing has become worse than the baseline tolerates. */
const check = (report: BenchReport): boolean => {
  const baselines = JSON.parse(readFileSync(BASELINE, 'utf8')) as Record<string, Baseline>;
  const baseline = baselines[report.mode] ?? {};
  const { worse, missing, compared } = compare(baseline, baselineOf(report));
  for (const line of missing) say(`not measured: ${line}`);
  for (const line of worse) say(`WORSE: ${line}`);
  say(`${compared} ratios compared with the baseline of a ${report.mode} run, ${worse.length} of them worse.`);
  return worse.length === 0 && compared > 0;
};

const writeBaseline = (report: BenchReport): void => {
  const all = existsSync(BASELINE) ? (JSON.parse(readFileSync(BASELINE, 'utf8')) as Record<string, Baseline>) : {};
  writeFileSync(
    BASELINE,
    `${JSON.stringify({ ...all, [report.mode]: { ...all[report.mode], ...baselineOf(report) } }, null, 2)}\n`,
  );
};

const run = async (names: readonly string[], options: Options): Promise<void> => {
  installRivals();
  const plan = planOf(options);
  const bed = await Bed.start(options.cpuProf && path.resolve(options.cpuProf));
  try {
    const limits = await measureMachine(bed);
    say(`${limitsText(limits)}; load ${loadNow().toFixed(1)}\n`);
    const figures: MeasuredFigure[] = [];
    const failed: string[] = [];
    for (const name of names.length > 0 ? names : Object.keys(SCENARIOS)) {
      try {
        const figure = await measure(bed, name, plan);
        figures.push(figure);
        say(figureText(figure));
      } catch (error) {
        failed.push(name);
        say(`!! ${name} FAILED: ${error instanceof Error ? error.stack : String(error)}\n`);
      }
    }
    const report: BenchReport = { at: new Date().toISOString(), mode: plan.quick ? 'quick' : 'full', limits, figures };
    say(ratiosText(report));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (options.writeBaseline) writeBaseline(report);
    if (failed.length > 0 || (options.check && !check(report))) process.exitCode = 1;
  } finally {
    await bed.stop();
  }
};

await new Command('bench')
  .description('Measures Heliograph against what people would use instead.')
  .argument('[figures...]', `which of ${Object.keys(SCENARIOS).join(', ')} (default: all)`)
  .option('--quick', 'smaller and shorter: some three minutes')
  .option('--json <file>', 'writes everything that was measured to a file')
  .option('--check', 'compares the ratios with bench/baseline.json; ends with 1 where one is worse than tolerated')
  .option('--write-baseline', 'makes what is measured now the baseline')
  .option('--cpu-prof <folder>', 'where each server leaves a CPU profile when it ends')
  .option('--rounds <number>', 'rounds of each comparison (2 quick, 3 full)')
  .option('--history-rows <number>', `rows of the history (${QUICK_HISTORY_ROWS} quick, ${FULL_HISTORY_ROWS} full)`)
  .action((names: string[], options: Options) => run(names, options))
  .parseAsync();
