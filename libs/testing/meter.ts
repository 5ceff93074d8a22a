import { type Attributes, type MeterProvider, metrics, type ObservableCallback } from '@opentelemetry/api';

interface Reported {
  name: string;
  value: number;
  by: Attributes;
}

/** In place of OpenTelemetry's SDK, which would send what is measured elsewhere. Install it before anything is measured. */
export class TestMeter {
  #reported: Reported[] = [];
  readonly #gauges = new Map<string, ObservableCallback[]>();

  static install(): TestMeter {
    const meter = new TestMeter();
    metrics.setGlobalMeterProvider({ getMeter: () => meter.#instruments() } as unknown as MeterProvider);
    return meter;
  }

  uninstall(): void {
    metrics.disable();
  }

  /** Forgets everything, as instruments keep to the first meter that they got. */
  clear(): void {
    this.#reported = [];
    this.#gauges.clear();
  }

  /** What a counter has counted with at least these attributes. */
  total(name: string, by: Attributes = {}): number {
    return this.values(name, by).reduce((sum, value) => sum + value, 0);
  }

  /** In the order they were reported. */
  values(name: string, by: Attributes = {}): number[] {
    return this.#reported.filter((one) => one.name === name && matches(one.by, by)).map(({ value }) => value);
  }

  /** Asks a gauge. */
  async observe(name: string): Promise<Omit<Reported, 'name'>[]> {
    const observed: Omit<Reported, 'name'>[] = [];
    const result = { observe: (value: number, by: Attributes = {}) => void observed.push({ value, by }) };
    for (const ask of this.#gauges.get(name) ?? []) await ask(result);
    return observed;
  }

  #instruments() {
    const report = (name: string) => (value: number, by: Attributes) =>
      void this.#reported.push({ name, value, by });
    return {
      createCounter: (name: string) => ({ add: report(name) }),
      createHistogram: (name: string) => ({ record: report(name) }),
      createObservableGauge: (name: string) => ({
        addCallback: (ask: ObservableCallback) =>
          void this.#gauges.set(name, [...(this.#gauges.get(name) ?? []), ask]),
      }),
    };
  }
}

const matches = (given: Attributes, wanted: Attributes) =>
  Object.entries(wanted).every(([name, value]) => given[name] === value);
