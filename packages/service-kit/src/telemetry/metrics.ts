import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface MetricOptions<Label extends string> {
  /** `qmtl_<package>_<noun>_<base unit>`; counters end in `_total`. */
  readonly name: string
  readonly help: string
  /** Names of labels, whose values are closed unions; a world id at most. */
  readonly labels?: readonly Label[]
}

type Labels<Label extends string> = Readonly<Record<Label, string>>

/** Only ever grows; by 1 unless told. */
export interface CounterMetric<Label extends string = never> {
  add(labels: Labels<Label>, amount?: number): void
}

export interface GaugeMetric<Label extends string = never> {
  set(labels: Labels<Label>, value: number): void
}

export interface HistogramMetric<Label extends string = never> {
  observe(labels: Labels<Label>, value: number): void
}

/** The metrics of one process. Asking twice for one name gives the same metric. */
export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): CounterMetric<Label>
  gauge<Label extends string = never>(options: MetricOptions<Label>): GaugeMetric<Label>
  /** `buckets` are upper bounds in the base unit of the name. */
  histogram<Label extends string = never>(
    options: MetricOptions<Label> & { readonly buckets?: readonly number[] },
  ): HistogramMetric<Label>
  /** The exposition text of Prometheus and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** From 1 ms to 10 s. */
const latencySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const metricName = /^qmtl_[a-z0-9]+(_[a-z0-9]+)+$/

/** `processMetrics` adds memory, CPU and event loop of the process; off unless asked for. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry })
  const made = new Map<string, unknown>()

  function once<Metric>(name: string, isMetric: (value: unknown) => value is Metric, make: () => Metric): Metric {
    if (!metricName.test(name)) throw new TypeError(`metric '${name}' is not named qmtl_<package>_<noun>_<unit>`)
    const known = made.get(name)
    if (isMetric(known)) return known
    const metric = make()
    made.set(name, metric)
    return metric
  }

  return {
    counter({ name, help, labels }) {
      const metric = once(
        name,
        (value): value is Counter => value instanceof Counter,
        () => new Counter({ name, help, labelNames: [...(labels ?? [])], registers: [registry] }),
      )
      return { add: (values, amount = 1) => metric.inc({ ...values }, amount) }
    },
    gauge({ name, help, labels }) {
      const metric = once(
        name,
        (value): value is Gauge => value instanceof Gauge,
        () => new Gauge({ name, help, labelNames: [...(labels ?? [])], registers: [registry] }),
      )
      return { set: (values, value) => metric.set({ ...values }, value) }
    },
    histogram({ name, help, labels, buckets = latencySeconds }) {
      const metric = once(
        name,
        (value): value is Histogram => value instanceof Histogram,
        () =>
          new Histogram({ name, help, labelNames: [...(labels ?? [])], buckets: [...buckets], registers: [registry] }),
      )
      return { observe: (values, value) => metric.observe({ ...values }, value) }
    },
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
