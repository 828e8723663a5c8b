import { daysBetween } from './calendar-days.ts';

/** An exemption by a name for people, and the last day on which it holds. */
export interface NamedExemption {
  readonly name: string;
  /** `YYYY-MM-DD` in UTC; null: for good. */
  readonly expiresOn: string | null;
}

/** So long before its end an exemption is reported: enough to renew it or to put things right. */
const noticeDays = 14;

/** A warning for each exemption that holds today and ends within two weeks, the first to end first. */
export function endingExemptions(
  exemptions: readonly NamedExemption[],
  today: string,
): readonly string[] {
  return exemptions
    .flatMap(({ name, expiresOn }) => {
      const left = expiresOn === null ? undefined : daysBetween(today, expiresOn);
      return left === undefined || left < 0 || left > noticeDays ? [] : [{ name, expiresOn, left }];
    })
    .sort((a, b) => a.left - b.left)
    .map(({ name, expiresOn, left }) => {
      const when = left === 0 ? 'today' : `in ${left} ${left === 1 ? 'day' : 'days'}`;
      return `${name} ends ${when}: ${expiresOn} is the last day on which it holds`;
    });
}
