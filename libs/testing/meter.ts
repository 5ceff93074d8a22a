import { type Attributes, type MeterProvider, metrics, type ObservableCallback } from '@opentelemetry/api';

interface Reported {
  name: string;
  value: number;
  by: Attributes;
}

/** A meter in place of the SDK of OpenTelemetry, which would send the values away. Install it before the first measurement. */
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

  /** Forgets all values. A test cannot install another meter instead, because instruments keep the first one that they get. */
  clear(): void {
    this.#reported = [];
    this.#gauges.clear();
  }

  /** Returns the sum of a counter over the reports with at least these attributes. */
  total(name: string, by: Attributes = {}): number {
    return this.values(name, by).reduce((sum, value) => sum + value, 0);
  }

  /** Returns the values of an instrument in the order in which they were reported. */
  values(name: string, by: Attributes = {}): number[] {
    return this.#reported.filter((one) => one.name === name && matches(one.by, by)).map(({ value }) => value);
  }

  /** Reads a gauge. */
  async observe(name: string): Promise<Omit<Reported, 'name'>[]> {
    const observed: Omit<Reported, 'name'>[] = [];
    const result = { observe: (value: number, by: Attributes = {}) => void observed.push({ value, by }) };
    for (const read of this.#gauges.get(name) ?? []) await read(result);
    return observed;
  }

  #instruments() {
    const report = (name: string) => (value: number, by: Attributes) =>
      void this.#reported.push({ name, value, by });
    return {
      createCounter: (name: string) => ({ add: report(name) }),
      createHistogram: (name: string) => ({ record: report(name) }),
      createObservableGauge: (name: string) => this.#observable(name),
      createObservableCounter: (name: string) => this.#observable(name),
    };
  }

  #observable(name: string) {
    const readers = () => this.#gauges.get(name) ?? [];
    return {
      addCallback: (read: ObservableCallback) => void this.#gauges.set(name, [...readers(), read]),
      removeCallback: (read: ObservableCallback) =>
        void this.#gauges.set(
          name,
          readers().filter((one) => one !== read),
        ),
    };
  }
}

const matches = (given: Attributes, wanted: Attributes) =>
  Object.entries(wanted).every(([name, value]) => given[name] === value);
