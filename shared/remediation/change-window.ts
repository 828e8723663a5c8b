/** When changes may be made, as settings write it. */
export interface ChangeWindow {
  readonly days: readonly string[];
  /** `HH:MM`, when it opens. */
  readonly from: string;
  /** `HH:MM`, when it closes; at or before `from`, it is a time of the next day. */
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutesOfDay = 24 * 60;
const minute = 60_000;

/** Whether a window is open at a moment (milliseconds since 1970, UTC); without windows it always is. */
export function isOpen(windows: readonly ChangeWindow[], at: number): boolean {
  return windows.length === 0 || windows.some((window) => isOpenIn(window, at));
}

/** The first full minute from `at` on in which a window is open; undefined where none opens in eight days. */
export function opensAt(windows: readonly ChangeWindow[], at: number): number | undefined {
  if (isOpen(windows, at)) return at;
  const first = Math.ceil(at / minute) * minute;
  for (let passed = 0; passed <= 8 * minutesOfDay; passed += 1) {
    const then = first + passed * minute;
    if (isOpen(windows, then)) return then;
  }
  return undefined;
}

/** A window that crosses midnight belongs to the day on which it opened. */
function isOpenIn({ days, from, to, timeZone }: ChangeWindow, at: number): boolean {
  const { day, minutes } = localTime(at, timeZone);
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  const hasDay = (index: number): boolean => days.includes(weekdays[(index + 7) % 7] ?? '');
  if (opens < closes) return hasDay(day) && opens <= minutes && minutes < closes;
  return (hasDay(day) && minutes >= opens) || (hasDay(day - 1) && minutes < closes);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The day of the week (0 is Monday) and the minutes since midnight, as clocks there show them. */
function localTime(
  at: number,
  timeZone: string,
): { readonly day: number; readonly minutes: number } {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: weekdays.indexOf((parts.get('weekday') ?? '').toLowerCase()),
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}
