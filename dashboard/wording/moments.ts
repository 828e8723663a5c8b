const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `3 min ago`, `in 2 h`: a moment as far as it is from now, both in milliseconds since 1970. */
export function distance(moment: number, now: number): string {
  const away = Math.abs(now - moment);
  if (away < minute) return moment > now ? 'in a moment' : 'just now';
  const [size, unit] = away < hour ? [minute, 'min'] : away < 2 * day ? [hour, 'h'] : [day, 'days'];
  const count = `${Math.floor(away / size)} ${unit}`;
  return moment > now ? `in ${count}` : `${count} ago`;
}

/** `26 Nov 2026, 06:59 UTC`: a moment of ISO 8601; the text itself where it is none. */
export function momentText(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const date = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const time = at.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${date}, ${time} UTC`;
}

/** `2.1 s`, `3 min 20 s`: a length of time in milliseconds. */
export function lengthText(milliseconds: number): string {
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
