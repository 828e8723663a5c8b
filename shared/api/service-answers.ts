import type { Check } from '../model/check.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Settings } from '../settings/settings.ts';
import { refused } from './admit.ts';
import { type Answering, json } from './context.ts';
import { modeNow } from './modes.ts';
import { openApiDocument } from './openapi.ts';

export const me: Answering<'me'> = async (_, { caller: { name, roles, provider } }) =>
  json({ name, roles, provider });

export const openapi: Answering<'openapi'> = async ({ about }) =>
  json(openApiDocument(about.version));

/** A check as lists show it. */
export function sentCheck(check: Check<InferenceCluster>) {
  const { id, title, severity, appliesTo, remediation, source } = check;
  return { id, title, severity, appliesTo, remediation, source };
}

export const check: Answering<'check'> = async (context, { params: { checkId } }) => {
  const found = context.catalogue.find(({ id }) => id === checkId);
  if (found === undefined) return refused(404, `There is no check ${checkId}.`);
  const reading = await context.models.settings.get();
  const own = reading.settings?.checks;
  const settings = own !== undefined && Object.hasOwn(own, checkId) ? own[checkId] : undefined;
  return json({
    ...sentCheck(found),
    description: found.description,
    advice: found.advice,
    enabled: settings?.enabled ?? true,
    effectiveSeverity: settings?.severity ?? found.severity,
    mode: modeNow(context, reading, { checkId }).mode,
  });
};

export const settings: Answering<'settings'> = async ({ models, maxMode, about }) => {
  const { from, settings: read, problems } = await models.settings.get();
  return json({
    source: from,
    settings: read === undefined ? null : withoutSecrets(read),
    problems,
    maxMode,
    cloud: about.cloud,
    scanSchedule: about.scanSchedule,
  });
};

/**
 * The settings with no more of an address that alerts are sent to than its host: paths and queries of
 * webhooks are often what keeps strangers out.
 */
function withoutSecrets(read: Settings) {
  const sinks = read.alerts.sinks.map((sink) => {
    switch (sink.kind) {
      case 'eventGrid':
        return { ...sink, endpoint: hostOnly(sink.endpoint) };
      case 'webhook':
        return { ...sink, url: hostOnly(sink.url) };
      case 'applicationInsights':
      case 'teams':
        return sink;
      default:
        return sink satisfies never;
    }
  });
  return { ...read, alerts: { ...read.alerts, sinks } };
}

function hostOnly(address: string): string {
  return `${new URL(address).origin}/…`;
}
