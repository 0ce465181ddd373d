/** How this UI writes times, money and amounts: one place for both languages. */
export interface Format {
  number(value: number): string;
  percent(share: number): string;
  /** With its sign. */
  change(share: number): string;
  /** A difference of shares in points, with its sign. */
  points(share: number): string;
  /** Two digits that say something, as in a p value. */
  figure(value: number): string;
  /** null = unknown, which is not 0. */
  money(usd: number | null): string;
  tokens(count: number | null): string;
  duration(milliseconds: number | null): string;
  /** `3 minutes ago` */
  ago(time: string, now?: number): string;
  /** Date and time, to the second. */
  time(time: string): string;
  clock(time: string): string;
  /** To the minute. */
  minute(time: string): string;
  /** Day and month. */
  day(time: string): string;
  list(items: string[]): string;
}

const unknown = '–';
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const dayLength = 24 * hour;

const steps: [number, number, Intl.RelativeTimeFormatUnit][] = [
  [minute, second, 'second'],
  [hour, minute, 'minute'],
  [dayLength, hour, 'hour'],
  [30 * dayLength, dayLength, 'day'],
  [365 * dayLength, 30 * dayLength, 'month'],
  [Infinity, 365 * dayLength, 'year'],
];

export function createFormat(language: string): Format {
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const points = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const figure = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const toMinute = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    change: (share) => change.format(share),
    points: (share) => points.format(share * 100),
    figure: (value) => figure.format(value),
    money: (usd) => (usd === null ? unknown : moneyFormat(language, usd).format(usd)),
    tokens: (count) => (count === null ? unknown : number.format(count)),
    duration: (milliseconds) => (milliseconds === null ? unknown : duration(language, milliseconds)),
    ago(text, now = Date.now()) {
      const passed = Date.parse(text) - now;
      const [, unit, name] = steps.find(([below]) => Math.abs(passed) < below) ?? [0, second, 'second' as const];
      return relative.format(Math.round(passed / unit), name);
    },
    time: (text) => time.format(Date.parse(text)),
    clock: (text) => clock.format(Date.parse(text)),
    minute: (text) => toMinute.format(Date.parse(text)),
    day: (text) => day.format(Date.parse(text)),
    list: (items) => list.format(items),
  };
}

/** Cents for amounts that people know; as many digits as it takes for the price of one call. */
function moneyFormat(language: string, usd: number): Intl.NumberFormat {
  const small = usd !== 0 && Math.abs(usd) < 0.1;
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    ...(small ? { maximumSignificantDigits: 4, minimumSignificantDigits: 1 } : { maximumFractionDigits: 2 }),
  });
}

function duration(language: string, milliseconds: number): string {
  const digits = (value: number, places: number) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: places }).format(value);
  if (milliseconds < second) {
    return `${digits(milliseconds, 0)} ms`;
  }
  if (milliseconds < minute) {
    return `${digits(milliseconds / second, milliseconds < 10 * second ? 2 : 1)} s`;
  }
  if (milliseconds < hour) {
    return `${Math.floor(milliseconds / minute)} min ${Math.round((milliseconds % minute) / second)} s`;
  }
  return `${Math.floor(milliseconds / hour)} h ${Math.round((milliseconds % hour) / minute)} min`;
}

export function elapsed(from: string | null, to: string | null): number | null {
  return from && to ? Math.max(0, Date.parse(to) - Date.parse(from)) : null;
}
