/** Kusto's datetimes and timespans: whole ticks of 100 ns, datetimes from the year 1. */

const ticksPerMillisecond = 10_000n;
const epoch = 621_355_968_000_000_000n;
const ticksPerSecond = 10_000_000n;

const unitSeconds: Readonly<Record<string, number>> = {
  d: 86_400,
  day: 86_400,
  days: 86_400,
  h: 3600,
  hr: 3600,
  hrs: 3600,
  hour: 3600,
  hours: 3600,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  ms: 1e-3,
  milli: 1e-3,
  millis: 1e-3,
  millisecond: 1e-3,
  milliseconds: 1e-3,
  microsecond: 1e-6,
  microseconds: 1e-6,
  tick: 1e-7,
  ticks: 1e-7,
};

const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?$/;

/** The instant as ticks. */
export function ticksOf(date: Date): bigint {
  return BigInt(date.getTime()) * ticksPerMillisecond + epoch;
}

/** Ticks of an ISO 8601 date or date and time, UTC where it names no offset; undefined for other text. */
export function parseDateTime(text: string): bigint | undefined {
  const match = isoDate.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const [sign, offsetHours = '0', offsetMinutes = '0'] = match.slice(8);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isReal || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = BigInt(Number(offsetHours) * 60 + Number(offsetMinutes)) * 60n * ticksPerSecond;
  const local = ticksOf(date) + BigInt(fraction.padEnd(7, '0'));
  return sign === '-' ? local + offset : local - offset;
}

/** ISO 8601 in UTC with the fraction's seven digits. */
export function printDateTime(ticks: bigint): string {
  const fraction = positiveRest(ticks, ticksPerSecond);
  const milliseconds = (ticks - fraction - epoch) / ticksPerMillisecond;
  const seconds = new Date(Number(milliseconds)).toISOString().slice(0, 19);
  return `${seconds}.${fraction.toString().padStart(7, '0')}Z`;
}

/** As {@link printDateTime}, without the zeros that end the fraction, as JSON answers have it. */
export function printShortDateTime(ticks: bigint): string {
  return printDateTime(ticks).replace(/\.?0+Z$/, 'Z');
}

/** Ticks of `7d`, `1.5h`, `30min`; undefined for other text. */
export function parseTimespan(text: string): bigint | undefined {
  const match = /^(-?\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text.trim());
  const seconds = unitSeconds[match?.[2] ?? ''];
  if (match === null || seconds === undefined) return undefined;
  return BigInt(Math.round(Number(match[1]) * seconds * Number(ticksPerSecond)));
}

/** `[-][d.]hh:mm:ss[.fffffff]`. */
export function printTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / ticksPerSecond;
  const fraction = size % ticksPerSecond;
  const days = seconds / 86_400n;
  const clock = [(seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n]
    .map((part) => part.toString().padStart(2, '0'))
    .join(':');
  return [
    ticks < 0n ? '-' : '',
    days === 0n ? '' : `${days}.`,
    clock,
    fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`,
  ].join('');
}

function positiveRest(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor;
  return rest < 0n ? rest + divisor : rest;
}
