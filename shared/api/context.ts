import type { z } from 'zod';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Alert } from '../model/alert.ts';
import type { Caller } from '../model/caller.ts';
import type { Check } from '../model/check.ts';
import type { ServiceContext } from '../pipeline/service-context.ts';
import type { RemediationHead, RemediationStore } from '../remediation/remediation-store.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from '../store-ports.ts';
import type { Refused } from './admit.ts';
import type { Estate } from './estate.ts';
import type { LiveReads } from './live-reads.ts';
import type { ReadModel } from './read-model.ts';
import type { RouteName, routes } from './routes.ts';

/** The settings as they are now, or what is wrong with them. */
export interface SettingsReading {
  /** Where they were read. */
  readonly from: string;
  readonly settings: Settings | undefined;
  readonly problems: readonly string[];
}

/** What of the stores is kept in this process for a while. */
export interface ReadModels {
  readonly estate: ReadModel<Estate>;
  /** Those that somebody had to hear of. */
  readonly alerts: ReadModel<readonly Alert[]>;
  readonly remediations: ReadModel<readonly RemediationHead[]>;
  readonly settings: ReadModel<SettingsReading>;
}

/** What answers are made of. */
export interface ApiContext {
  readonly stores: Stores;
  readonly remediations: RemediationStore;
  readonly models: ReadModels;
  readonly live: LiveReads;
  readonly catalogue: readonly Check<InferenceCluster>[];
  /** What the installation allows at most. */
  readonly maxMode: Mode;
  readonly about: {
    readonly version: string;
    readonly cloud: string;
    readonly scanSchedule: string;
  };
  readonly now: () => Date;
  /** What decides and reads live; opens Azure's clients. */
  readonly step: () => Promise<ServiceContext>;
}

/** A type whose members are read-only all the way down; ids stay ids. */
type Sent<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer E)[]
      ? readonly Sent<E>[]
      : { readonly [K in keyof T]: Sent<T[K]> };

type Output<T> = T extends z.ZodType ? Sent<z.output<T>> : undefined;
type RouteOf<N extends RouteName> = (typeof routes)[N];

/** What is asked for, parsed. */
export interface Question<N extends RouteName> {
  readonly params: Readonly<Record<keyof RouteOf<N>['params'], string>>;
  readonly query: Output<RouteOf<N>['query']>;
  readonly body: RouteOf<N> extends { readonly body: infer B } ? Output<B> : undefined;
  readonly caller: Caller;
}

/** A table for spreadsheets; `records` gives the same lines each time. */
export interface CsvReply {
  readonly kind: 'csv';
  readonly name: string;
  readonly records: () => Iterable<string>;
}

export interface JsonReply<T> {
  readonly kind: 'json';
  readonly json: T;
}

/** Answers one resource. */
export type Answering<N extends RouteName> = (
  context: ApiContext,
  question: Question<N>,
) => Promise<
  RouteOf<N>['answer'] extends z.ZodType
    ? JsonReply<Output<RouteOf<N>['answer']>> | Refused
    : CsvReply | Refused
>;

export function json<T>(value: T): JsonReply<T> {
  return { kind: 'json', json: value };
}
