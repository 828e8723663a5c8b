import type { Alert } from '../../api/api-types.ts';

/** `teams; webhook not yet: answered 503`: who was told of an alert, and who could not be. */
export function deliveryText(deliveries: Alert['deliveries']): string {
  const texts = Object.entries(deliveries).map(([sink, { failures, why, failedAt }]) => {
    if (failures === 0) return sink;
    const state = failedAt === undefined ? 'not yet' : 'failed';
    return `${sink} ${state}${why === undefined ? '' : `: ${why}`}`;
  });
  return texts.length === 0 ? 'nobody' : texts.join('; ');
}
