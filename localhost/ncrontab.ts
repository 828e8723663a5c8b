import { CronExpressionParser } from 'cron-parser';

/** When a timer fires. */
export interface Schedule {
  /** The first moment after `date` that the schedule names. */
  next(date: Date): Date;
}

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const days = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
/** Names may be cut short, down to the three letters that are usual. */
const shortestWord = 3;

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
const fields = [
  { name: 'second', from: 0, to: 59, words: [] },
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: months },
  { name: 'day-of-week', from: 0, to: 6, words: days },
] as const;

/**
 * A setting's text with each `%NAME%` replaced by the app setting of that name.
 * @throws Error that names the setting which is not there.
 */
export function resolveSettings(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined || value === '') {
      throw new Error(`${text} refers to the app setting ${name}, which is not set`);
    }
    return value;
  });
}

/**
 * A six-field NCRONTAB expression, read in UTC.
 * @throws Error that names the field, its value and what it may be. A time span such as `01:00:00`
 * is refused: it means something only on App Service plans.
 */
export function parseSchedule(text: string): Schedule {
  const values = text.trim().split(/\s+/);
  if (values.length !== fields.length) {
    const names = fields.map(({ name }) => `{${name}}`).join(' ');
    throw new Error(`schedule "${text}" has ${values.length} fields; it must have six: ${names}`);
  }
  fields.forEach((field, index) => {
    checkField(text, field, values[index] ?? '');
  });
  const short = values.map((value) =>
    value.replaceAll(/[a-z]+/gi, (word) => word.slice(0, shortestWord)),
  );
  const weekdays = parsed(text, short.join(' '), new Date(0)).fields.dayOfWeek.values;
  const onDays = new Set(weekdays.map((day) => Number(day) % 7));
  // NCrontab wants day and day-of-week both to match, where cron is content with one of them.
  const everyWeekday = [...short.slice(0, -1), '*'].join(' ');
  return {
    next(date) {
      let after = date;
      for (;;) {
        const found = parsed(text, everyWeekday, after).next().toDate();
        if (onDays.has(found.getUTCDay())) return found;
        after = new Date(found);
        after.setUTCHours(23, 59, 59, 999);
      }
    },
  };
}

function parsed(text: string, expression: string, currentDate: Date) {
  try {
    return CronExpressionParser.parse(expression, { tz: 'UTC', currentDate });
  } catch (error) {
    // What the single fields allow and the calendar does not: the 30th of February.
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`schedule "${text}" names no date: ${why}`, { cause: error });
  }
}

function checkField(text: string, field: (typeof fields)[number], value: string): void {
  const { name, from, to, words } = field;
  const numberOf = (part: string): number => {
    const word =
      part.length < shortestWord
        ? -1
        : words.findIndex((each) => each.startsWith(part.toLowerCase()));
    if (word >= 0) return word + from;
    return /^\d+$/.test(part) ? Number(part) : Number.NaN;
  };
  const isWithin = (part: string): boolean => numberOf(part) >= from && numberOf(part) <= to;
  const isGood = value.split(',').every((item) => {
    const [range = '', step, ...more] = item.split('/');
    const [first = '', last = first, ...others] = range.split('-');
    const stepIsGood = step === undefined || (/^\d+$/.test(step) && Number(step) > 0);
    const rangeIsGood =
      range === '*' || (isWithin(first) && isWithin(last) && numberOf(first) <= numberOf(last));
    return stepIsGood && rangeIsGood && more.length === 0 && others.length === 0;
  });
  if (isGood) return;
  const named =
    words.length === 0 ? '' : ` or ${words.map((word) => word.slice(0, shortestWord)).join(', ')}`;
  throw new Error(
    `schedule "${text}": ${name} "${value}" must be *, numbers from ${from} to ${to}${named}, ranges such as ${from}-${to}, lists with commas, or steps such as */2`,
  );
}
