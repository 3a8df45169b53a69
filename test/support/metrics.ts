export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as Prometheus sees it: what it is said to be, and its numbers. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const sampleOf = (line: string): Sample => {
  const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = '', of = '']) => [key, of]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
};

/** Reads the text format. */
export const scrape = async (url: string): Promise<Metric[]> => {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  const metrics: { name: string; help: string; type: string; samples: Sample[] }[] = [];
  for (const line of lines) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    const last = metrics.at(-1);
    if (keyword === 'HELP') metrics.push({ name, help: rest, type: '', samples: [] });
    else if (keyword === 'TYPE' && last) last.type = rest;
    else if (line !== '' && last) last.samples.push(sampleOf(line));
  }
  return metrics;
};

/** The sum of the samples of a name that have these labels. */
export const sumOf = (metrics: readonly Metric[], name: string, labels: Record<string, string> = {}): number =>
  metrics
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((total, { value }) => total + value, 0);
