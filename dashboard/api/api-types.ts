/** Made from docs/openapi.json by `npm run docs`: change the schemas in shared/api/ instead. */

type Answer<Content> = { readonly headers: { readonly [name: string]: unknown }; readonly content: Content };
type Json<Content> = { readonly 'application/json': Content };

export type Alert = {
  /** Names a finding: the same for every scan. */
  readonly id: string;
  readonly source: 'findings' | 'conditions';
  /** The cluster, or what else it is about. */
  readonly subject: string;
  readonly subjectName: string;
  /** Null where it is not about a cluster. */
  readonly clusterKey: string | null;
  readonly checkId: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  /** A moment in UTC, ISO 8601. */
  readonly since: string;
  readonly acknowledgedBy?: string;
  readonly sequence: number;
  /** How often it opened. */
  readonly times: number;
  readonly confirmed: number;
  /** By the name of the sink. */
  readonly deliveries: {
    readonly [name: string]: AlertDelivery;
  };
};

export type AlertDelivery = {
  readonly sequence: number;
  readonly firing: boolean;
  readonly times: number;
  /** A moment in UTC, ISO 8601. */
  readonly firedAt?: string;
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  /** A moment in UTC, ISO 8601. */
  readonly retryAt?: string;
  /** Why the last attempt failed. */
  readonly why?: string;
  /** A moment in UTC, ISO 8601. */
  readonly failedAt?: string;
};

export type AlertsPage = {
  readonly alerts: readonly Alert[];
  /** Where the rest of the list begins; null at the end. Opaque. */
  readonly next: string | null;
  /** How many fit the filters, on all pages together. */
  readonly total: number;
};

/** A change of a resource that somebody made, as far as Azure tells. */
export type Change = {
  /** A resource id, lower-cased. */
  readonly resourceId: string;
  readonly operation: string;
  /** A moment in UTC, ISO 8601. */
  readonly at: string;
  /** Object id or application id of whoever made it. */
  readonly actor?: string;
  readonly correlationId?: string;
};

/** A cluster whose verdicts or packets would change. */
export type ChangedCluster = {
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly key: string;
  /** A resource id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly verdicts: readonly ({
    readonly checkId: string;
    readonly title: string;
    /** doubts: what was known no longer is. */
    readonly effect: 'breaks' | 'mends' | 'doubts' | 'alters';
    readonly before: VerdictKind | null;
    readonly after: VerdictKind | null;
    readonly severity: Severity;
    readonly isExempt: boolean;
    /** What the verdict would say. */
    readonly summary: string | null;
    /** What would prove it, with packets as witnesses. */
    readonly evidence: readonly Evidence[];
  })[];
  readonly packets: readonly ({
    /** A resource id, lower-cased. */
    readonly subnetId: string;
    readonly direction: 'inbound' | 'outbound';
    /** Newly allowed, or newly denied. */
    readonly access: 'Allow' | 'Deny';
    readonly isCertain: boolean;
    /** The packets, for people. */
    readonly lines: readonly string[];
    /** Whether the lines are all of them. */
    readonly isWhole: boolean;
    /** One of the packets. */
    readonly witness: Witness | null;
  })[];
};

export type Check = {
  readonly id: string;
  /** True when the check passes. */
  readonly title: string;
  readonly severity: Severity;
  readonly appliesTo: readonly ('AKS' | 'Kubernetes')[];
  readonly remediation: 'automatic' | 'approval' | 'snippet' | 'none';
  /** The page that it implements. */
  readonly source: string;
};

export type CheckDetail = {
  readonly id: string;
  /** True when the check passes. */
  readonly title: string;
  readonly severity: Severity;
  readonly appliesTo: readonly ('AKS' | 'Kubernetes')[];
  readonly remediation: 'automatic' | 'approval' | 'snippet' | 'none';
  /** The page that it implements. */
  readonly source: string;
  readonly description: string;
  readonly advice: string;
  /** By the settings. */
  readonly enabled: boolean;
  /** By the settings. */
  readonly effectiveSeverity: Severity;
  readonly mode: Mode;
};

export type CheckList = readonly Check[];

export type Cluster = {
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly key: string;
  /** A resource id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  readonly subscriptionName?: string;
  readonly resourceGroup: string;
  readonly workspaces: readonly string[];
  readonly posture: Posture;
  /** Of its failures that are not exempt. */
  readonly worst: Severity | null;
  /** Null until it is checked by this version. */
  readonly counts: VerdictCounts | null;
  readonly readAt: string | null;
  readonly checkedBy: 'scan' | 'event' | null;
  readonly apiServer: 'public' | 'authorizedRanges' | 'privateLink' | 'vnetIntegration';
  readonly mode: Mode;
};

export type ClusterDetail = {
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly key: string;
  /** A resource id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  readonly subscriptionName?: string;
  readonly resourceGroup: string;
  readonly workspaces: readonly string[];
  readonly posture: Posture;
  /** Of its failures that are not exempt. */
  readonly worst: Severity | null;
  /** Null until it is checked by this version. */
  readonly counts: VerdictCounts | null;
  readonly readAt: string | null;
  readonly checkedBy: 'scan' | 'event' | null;
  readonly apiServer: 'public' | 'authorizedRanges' | 'privateLink' | 'vnetIntegration';
  readonly mode: Mode;
  readonly knownBy: readonly ({
    readonly kind: 'mlCompute' | 'extension' | 'publicIp' | 'onlineEndpoint' | 'tag' | 'scope';
    /** A resource id, lower-cased. */
    readonly id: string;
  })[];
  readonly scoringEndpoints: readonly ({
    readonly ip: string;
    readonly visibility: 'public' | 'private';
    readonly ports: readonly number[];
    readonly source: string;
  })[];
  readonly subnets: readonly string[];
  /** Lists above that could not be read to their end. */
  readonly unread: readonly string[];
  /** Who keeps the mode from being more. */
  readonly modeBecause: string;
  /** A check that is due after a change. */
  readonly pending: {
    /** A moment in UTC, ISO 8601. */
    readonly since: string;
    /** A moment in UTC, ISO 8601. */
    readonly dueAt: string;
    readonly changes: readonly Change[];
  } | null;
  /** The last check, where it was given up. */
  readonly failed: {
    /** A moment in UTC, ISO 8601. */
    readonly at: string;
    readonly why: string;
  } | null;
  readonly verdicts: readonly ClusterVerdict[];
  /** Open and resolved. */
  readonly findings: readonly Finding[];
  /** Of all its findings, newest first, at most 200. */
  readonly history: readonly Transition[];
  /** Newest first. */
  readonly remediations: readonly Remediation[];
};

export type ClusterVerdict = {
  readonly checkId: string;
  /** True when the check passes. */
  readonly title: string;
  readonly kind: VerdictKind;
  readonly severity: Severity;
  readonly isExempt: boolean;
  /** Of a failure that is accepted. */
  readonly exempt: Exemption | null;
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  /** Null for a pass, where the title says it; the explanation says more. */
  readonly summary: string | null;
  /** Of a failure; the explanation has that of all. */
  readonly evidence: readonly Evidence[];
};

export type ClustersPage = {
  readonly clusters: readonly Cluster[];
  /** Where the rest of the list begins; null at the end. Opaque. */
  readonly next: string | null;
  /** How many fit the filters, on all pages together. */
  readonly total: number;
};

export type Cost = {
  readonly resourceGraphCalls: number;
  readonly armReads: number;
  readonly graphCalls: number;
  readonly armWrites: number;
  readonly throttled: number;
  /** Milliseconds by stage. */
  readonly durationMs: {
    readonly [name: string]: number;
  };
};

export type CountBySeverity = {
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly info: number;
};

export type Decided = {
  readonly id: string;
  /** Of the plan: what an approval names. */
  readonly hash: string;
  readonly checkId: string;
  /** A resource id, lower-cased. */
  readonly clusterId: string;
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly clusterKey: string;
  readonly clusterName: string;
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly summary: string;
  readonly state: 'queued' | 'awaitingApproval' | 'approved' | 'waiting' | 'running' | 'done' | 'rolledBack' | 'partlyRolledBack' | 'refused' | 'void' | 'rejected' | 'expired';
  /** Who or what asked for it. */
  readonly by: string;
  readonly approvedBy?: string;
  /** Why it is in its state. */
  readonly because?: string;
  /** A moment in UTC, ISO 8601. */
  readonly createdAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly updatedAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly expiresAt: string;
  /** When a waiting one is gone on with. */
  readonly until?: string;
  /** Set where it was accepted and is held for now, with what holds it. */
  readonly note?: string;
};

export type EffectiveSettings = {
  /** Where the settings were read. */
  readonly source: string;
  /** As docs/settings.schema.json has them, defaults filled in, without queries of addresses, which may hold keys; null where they cannot be used. */
  readonly settings: {
    readonly [name: string]: unknown;
  } | null;
  /** Why they cannot be used. */
  readonly problems: readonly string[];
  /** PORTCULLIS_MAX_MODE, or less where nobody is named who may write. */
  readonly maxMode: Mode;
  readonly cloud: string;
  readonly scanSchedule: string;
};

export type Evidence = {
  /** The resource that shows it. */
  readonly at: string;
  /** The security rule or role assignment, by name. */
  readonly rule?: string;
  readonly says: string;
  readonly witness?: Witness;
};

export type Exemption = {
  readonly reason: string;
  readonly approvedBy: string | null;
  readonly ticket: string | null;
  /** The last day on which it holds, UTC. */
  readonly expiresOn: string | null;
  readonly source: 'settings' | 'policy';
};

export type Explanation = {
  readonly schemaVersion: 1;
  readonly explainedAt: string;
  readonly source: 'live' | 'estate' | 'demo';
  readonly cluster: {
    /** A resource id, lower-cased. */
    readonly id: string;
    readonly name: string;
    readonly location: string;
    readonly subscriptionId: string;
    readonly subscriptionName?: string;
    readonly resourceGroup: string;
    readonly knownBy: readonly ({
      readonly kind: 'mlCompute' | 'extension' | 'publicIp' | 'onlineEndpoint' | 'tag' | 'scope';
      /** A resource id, lower-cased. */
      readonly id: string;
    })[];
    readonly apiServer: 'public' | 'authorizedRanges' | 'privateLink' | 'vnetIntegration';
    readonly workspaces: readonly string[];
    readonly subnets: readonly string[];
    readonly scoringEndpoints: readonly ({
      readonly ip: string;
      readonly visibility: 'public' | 'private';
      readonly ports: readonly number[];
      readonly source: string;
    })[];
    /** Lists above that could not be read to their end: what is not in them may exist. */
    readonly unread?: readonly ('workspaces' | 'subnets' | 'scoringEndpoints')[];
    /** nonCompliant: a non-exempt failure above info; else unknown; else compliant. */
    readonly posture: 'compliant' | 'nonCompliant' | 'unknown';
  };
  readonly facts: {
    readonly nodeResourceGroup: string | null;
    readonly provisioningState: string | null;
    readonly powerState: string | null;
    /** Of the API server; null: it has none. */
    readonly publicFqdn: {
      readonly known: true;
      readonly value: string | null;
    } | {
      readonly known: false;
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly authorizedRanges: readonly string[];
    readonly outboundType: string | null;
    readonly identity: {
      readonly known: true;
      readonly value: {
        readonly kind: 'servicePrincipal' | 'systemAssigned' | 'userAssigned';
        readonly principalId: string;
      };
    } | {
      readonly known: false;
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly subnets: {
      readonly known: true;
      readonly value: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        readonly usedBy: readonly ('nodes' | 'pods' | 'apiServer')[];
        readonly managedByAks: boolean;
        readonly prefixes: {
          readonly known: true;
          readonly value: readonly string[];
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly virtualNetwork: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            readonly addressPrefixes: readonly string[];
            readonly peerings: readonly ({
              readonly name: string;
              readonly state: string;
              /** A resource id, lower-cased. */
              readonly remote: string;
            })[];
            readonly hasGateway: boolean;
          };
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        /** Null: there is none, which lets all pass. */
        readonly securityGroup: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly nodeSecurityGroups: {
          readonly known: true;
          readonly value: readonly ({
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null)[];
        } | {
          readonly known: false;
          readonly found: readonly ({
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null)[];
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly routeTable: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            readonly routes: number;
          } | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        /** How many security admin rules apply. */
        readonly adminRules: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
    } | {
      readonly known: false;
      readonly found: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        readonly usedBy: readonly ('nodes' | 'pods' | 'apiServer')[];
        readonly managedByAks: boolean;
        readonly prefixes: {
          readonly known: true;
          readonly value: readonly string[];
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly virtualNetwork: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            readonly addressPrefixes: readonly string[];
            readonly peerings: readonly ({
              readonly name: string;
              readonly state: string;
              /** A resource id, lower-cased. */
              readonly remote: string;
            })[];
            readonly hasGateway: boolean;
          };
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        /** Null: there is none, which lets all pass. */
        readonly securityGroup: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly nodeSecurityGroups: {
          readonly known: true;
          readonly value: readonly ({
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null)[];
        } | {
          readonly known: false;
          readonly found: readonly ({
            /** A resource id, lower-cased. */
            readonly id: string;
            /** How many, Azure’s own included. */
            readonly rules: number;
          } | null)[];
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly routeTable: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly id: string;
            readonly routes: number;
          } | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        /** How many security admin rules apply. */
        readonly adminRules: {
          readonly known: true;
          readonly value: number;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly scoringEndpoints: {
      readonly known: true;
      readonly value: readonly ({
        readonly address: string;
        readonly visibility: 'public' | 'private';
        /** A resource id, lower-cased. */
        readonly at: string;
        readonly source: string;
        readonly frontend: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly loadBalancerId: string;
            readonly sku: string | null;
            readonly rules: readonly ({
              readonly name: string;
              readonly protocol: string;
              readonly frontendPort: number;
              readonly backendPort: number;
              readonly floatingIp: boolean;
            })[];
            readonly backendSubnetIds: {
              readonly known: true;
              readonly value: readonly string[];
            } | {
              readonly known: false;
              readonly found: readonly string[];
              readonly missing: readonly ({
                /** What could not be read. */
                readonly what: string;
                /** Where it would have been found. */
                readonly scope: string;
                readonly why: string;
              })[];
            };
          };
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
    } | {
      readonly known: false;
      readonly found: readonly ({
        readonly address: string;
        readonly visibility: 'public' | 'private';
        /** A resource id, lower-cased. */
        readonly at: string;
        readonly source: string;
        readonly frontend: {
          readonly known: true;
          readonly value: {
            /** A resource id, lower-cased. */
            readonly loadBalancerId: string;
            readonly sku: string | null;
            readonly rules: readonly ({
              readonly name: string;
              readonly protocol: string;
              readonly frontendPort: number;
              readonly backendPort: number;
              readonly floatingIp: boolean;
            })[];
            readonly backendSubnetIds: {
              readonly known: true;
              readonly value: readonly string[];
            } | {
              readonly known: false;
              readonly found: readonly string[];
              readonly missing: readonly ({
                /** What could not be read. */
                readonly what: string;
                /** Where it would have been found. */
                readonly scope: string;
                readonly why: string;
              })[];
            };
          };
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly computes: {
      readonly known: true;
      readonly value: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        /** A resource id, lower-cased. */
        readonly workspaceId: string;
        readonly type: string;
      })[];
    } | {
      readonly known: false;
      readonly found: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        /** A resource id, lower-cased. */
        readonly workspaceId: string;
        readonly type: string;
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly workspaces: {
      readonly known: true;
      readonly value: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        readonly location: string;
        readonly hubId: string | null;
        readonly storage: {
          readonly known: true;
          /** A resource id, lower-cased. */
          readonly value: string;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly vault: {
          readonly known: true;
          /** A resource id, lower-cased. */
          readonly value: string;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly registry: {
          readonly known: true;
          readonly value: string | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
    } | {
      readonly known: false;
      readonly found: readonly ({
        /** A resource id, lower-cased. */
        readonly id: string;
        readonly location: string;
        readonly hubId: string | null;
        readonly storage: {
          readonly known: true;
          /** A resource id, lower-cased. */
          readonly value: string;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly vault: {
          readonly known: true;
          /** A resource id, lower-cased. */
          readonly value: string;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
        readonly registry: {
          readonly known: true;
          readonly value: string | null;
        } | {
          readonly known: false;
          readonly missing: readonly ({
            /** What could not be read. */
            readonly what: string;
            /** Where it would have been found. */
            readonly scope: string;
            readonly why: string;
          })[];
        };
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    };
    readonly settings: {
      readonly callers: {
        readonly kind: 'notConfigured' | 'none';
      } | {
        readonly kind: 'listed';
        readonly sources: readonly string[];
      };
      readonly outbound: 'keepDefaults' | 'restricted';
    };
  };
  /** Callers to each scoring endpoint. */
  readonly inbound: readonly ({
    readonly from: string;
    readonly to: string;
    /** Whether every packet must pass, or any. */
    readonly asks: 'all' | 'some';
    readonly verdict: 'allowed' | 'denied' | 'partial' | 'unknown';
    /** In the order in which packets pass them. */
    readonly hops: readonly ({
      readonly place: 'loadBalancer' | 'admin' | 'subnet' | 'node' | 'route';
      readonly at: string | null;
      readonly name: string;
      /** What it does with the packets that come to it; notReached: an earlier hop stops all of them; absent: there is none here, so all pass. */
      readonly state: 'allowed' | 'denied' | 'partial' | 'unknown' | 'notReached' | 'absent';
      readonly says: string | null;
      /** The rules that decide some of the packets, in the order packets meet them. */
      readonly rules: readonly ({
        readonly name: string;
        readonly access: string;
        readonly priority: number;
      })[];
      /** A packet that it stops. */
      readonly witness: Witness | null;
      readonly nearMisses: readonly ({
        readonly rule: string;
        readonly priority: number;
        /** The destinations it allows. */
        readonly allows: readonly string[];
        /** The destination it would have to allow. */
        readonly wanted: string;
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    })[];
    readonly witness: {
      readonly allowed: Witness | null;
      readonly denied: Witness | null;
    };
    readonly missing: readonly ({
      /** What could not be read. */
      readonly what: string;
      /** Where it would have been found. */
      readonly scope: string;
      readonly why: string;
    })[];
  })[];
  /** Each subnet to what the default rules allow. */
  readonly outbound: readonly ({
    readonly from: string;
    readonly to: string;
    /** Whether every packet must pass, or any. */
    readonly asks: 'all' | 'some';
    readonly verdict: 'allowed' | 'denied' | 'partial' | 'unknown';
    /** In the order in which packets pass them. */
    readonly hops: readonly ({
      readonly place: 'loadBalancer' | 'admin' | 'subnet' | 'node' | 'route';
      readonly at: string | null;
      readonly name: string;
      /** What it does with the packets that come to it; notReached: an earlier hop stops all of them; absent: there is none here, so all pass. */
      readonly state: 'allowed' | 'denied' | 'partial' | 'unknown' | 'notReached' | 'absent';
      readonly says: string | null;
      /** The rules that decide some of the packets, in the order packets meet them. */
      readonly rules: readonly ({
        readonly name: string;
        readonly access: string;
        readonly priority: number;
      })[];
      /** A packet that it stops. */
      readonly witness: Witness | null;
      readonly nearMisses: readonly ({
        readonly rule: string;
        readonly priority: number;
        /** The destinations it allows. */
        readonly allows: readonly string[];
        /** The destination it would have to allow. */
        readonly wanted: string;
      })[];
      readonly missing: readonly ({
        /** What could not be read. */
        readonly what: string;
        /** Where it would have been found. */
        readonly scope: string;
        readonly why: string;
      })[];
    })[];
    readonly witness: {
      readonly allowed: Witness | null;
      readonly denied: Witness | null;
    };
    readonly missing: readonly ({
      /** What could not be read. */
      readonly what: string;
      /** Where it would have been found. */
      readonly scope: string;
      readonly why: string;
    })[];
  })[];
  /** Whether rules, routes or settings take some of the Internet away. */
  readonly restriction: 'none' | 'certain' | 'perhaps';
  /** What must be reached where outbound is restricted. */
  readonly needs: readonly ({
    readonly what: string;
    /** Needed by some features only. */
    readonly isOptional: boolean;
    readonly kind: 'pass' | 'fail' | 'unknown' | 'notApplicable';
    readonly summary: string;
    readonly evidence: readonly Evidence[];
    readonly missing: readonly ({
      /** What could not be read. */
      readonly what: string;
      /** Where it would have been found. */
      readonly scope: string;
      readonly why: string;
    })[];
  })[];
  readonly access: readonly ({
    /** Actions, patterns allowed. */
    readonly asks: readonly string[];
    readonly why: 'guidance' | 'minimum';
    /** A resource id, lower-cased. */
    readonly scope: string;
    readonly verdict: 'granted' | 'notGranted' | 'unknown';
    readonly grants: readonly ({
      /** A resource id, lower-cased. */
      readonly assignmentId: string;
      readonly role: string;
      /** A resource id, lower-cased. */
      readonly scope: string;
      /** here, or the kind of scope above that it is inherited from. */
      readonly inheritedFrom: string;
      /** Object ids, from the one that holds the identity itself. */
      readonly groups: readonly string[];
      /** The patterns of the role that give some of what is asked. */
      readonly gives: readonly string[];
    })[];
    /** One action that is missing. */
    readonly lacking: string | null;
    readonly cutBy: {
      readonly name: string;
      /** A resource id, lower-cased. */
      readonly scope: string;
      readonly pattern: string;
    } | null;
    readonly missing: readonly ({
      /** What could not be read. */
      readonly what: string;
      /** Where it would have been found. */
      readonly scope: string;
      readonly why: string;
    })[];
  })[];
  readonly verdicts: readonly ({
    readonly checkId: string;
    /** A resource id, lower-cased. */
    readonly clusterId: string;
    /** The cluster; the resources concerned stand in evidence[].at. */
    readonly subjectId: string;
    readonly kind: 'fail' | 'unknown' | 'pass' | 'notApplicable';
    readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'info';
    /** Set where a failure, or not knowing, has been accepted. */
    readonly exempt: Exemption | null;
    /** The same for every scan. */
    readonly fingerprint: string;
    /** One sentence a person can act on. */
    readonly summary: string;
    readonly evidence: readonly Evidence[];
    /** What the verdict needed and nobody could read. */
    readonly missing: readonly ({
      /** What could not be read. */
      readonly what: string;
      /** Where it would have been found. */
      readonly scope: string;
      readonly why: string;
    })[] | null;
    readonly remediation: {
      readonly available: true;
      readonly summary: string;
    } | {
      readonly available: false;
      readonly because: string;
    };
    /** With a baseline. Of failures that are not exempt: new, or unchanged. Of those of the baseline: fixed (now passes or does not apply), exempted, or notSeen (now unknown). */
    readonly baselineState?: 'new' | 'unchanged' | 'fixed' | 'exempted' | 'notSeen';
    readonly title: string;
    readonly advice: string;
    readonly fix: {
      readonly says: string;
      /** For a POSIX shell; proven to make the path pass. */
      readonly commands: readonly string[];
    } | null;
  })[];
  readonly assumptions: readonly string[];
};

/** What clusters can be filtered and grouped by, with how many there are of each. */
export type Facets = {
  readonly subscriptions: readonly ({
    readonly value: string;
    readonly name: string;
    readonly clusters: number;
  })[];
  readonly workspaces: readonly ({
    readonly value: string;
    readonly name: string;
    readonly clusters: number;
  })[];
  readonly locations: readonly ({
    readonly value: string;
    readonly name: string;
    readonly clusters: number;
  })[];
};

export type Finding = {
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly checkId: string;
  /** A resource id, lower-cased. */
  readonly clusterId: string;
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly clusterKey: string;
  readonly clusterName: string;
  readonly state: 'open' | 'resolved';
  /** Set where it is open and accepted. */
  readonly exempt: Exemption | null;
  /** Of the last failure. */
  readonly severity: Severity;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** A moment in UTC, ISO 8601. */
  readonly firstSeen: string;
  /** When it was last seen to fail. */
  readonly lastSeen: string;
  /** Since when it is in its state. */
  readonly since: string;
  /** A moment in UTC, ISO 8601. */
  readonly readAt: string;
  readonly reopened: number;
  readonly sequence: number;
  /** The change that opened or resolved it, where it is known. */
  readonly cause?: Change;
  readonly resolution?: 'passes' | 'notApplicable' | 'clusterGone' | 'notChecked';
};

export type FindingDetail = {
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly checkId: string;
  /** A resource id, lower-cased. */
  readonly clusterId: string;
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly clusterKey: string;
  readonly clusterName: string;
  readonly state: 'open' | 'resolved';
  /** Set where it is open and accepted. */
  readonly exempt: Exemption | null;
  /** Of the last failure. */
  readonly severity: Severity;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** A moment in UTC, ISO 8601. */
  readonly firstSeen: string;
  /** When it was last seen to fail. */
  readonly lastSeen: string;
  /** Since when it is in its state. */
  readonly since: string;
  /** A moment in UTC, ISO 8601. */
  readonly readAt: string;
  readonly reopened: number;
  readonly sequence: number;
  /** The change that opened or resolved it, where it is known. */
  readonly cause?: Change;
  readonly resolution?: 'passes' | 'notApplicable' | 'clusterGone' | 'notChecked';
  /** True when the check passes. */
  readonly title: string;
  readonly advice: string;
  /** Oldest first, as far as it is kept. */
  readonly history: readonly Transition[];
  readonly alert: Alert | null;
  /** Newest first. */
  readonly remediations: readonly Remediation[];
  /** Of the newest remediation: what an approval is about, or what was done. */
  readonly plan: Plan | null;
  /** The same as a person would do it. */
  readonly snippets: Snippets | null;
  /** Why there is no plan now, where the service has looked. */
  readonly noPlan: {
    readonly because: string;
    /** When it was planned for last. */
    readonly at: string;
    /** When it is again, where no change of the cluster is heard of sooner. */
    readonly next: string;
  } | null;
};

export type FindingsPage = {
  readonly findings: readonly Finding[];
  /** Where the rest of the list begins; null at the end. Opaque. */
  readonly next: string | null;
  /** How many fit the filters, on all pages together. */
  readonly total: number;
};

/** What could not be read, gathered by what and why. */
export type GapGroup = {
  /** What could not be read. */
  readonly what: string;
  readonly why: string;
  /** In how many places. */
  readonly count: number;
  /** Some of the places. */
  readonly scopes: readonly string[];
};

/** How the parts of the service are. */
export type Health = {
  readonly status: 'ok' | 'attention' | 'degraded';
  readonly version: string;
  readonly [name: string]: unknown;
};

export type HeatMapCell = {
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly notApplicable: number;
  readonly exempt: number;
  readonly checkId: string;
  readonly location: string;
};

/** A step, written down before or after the one thing that it speaks of. */
export type JournalRow = {
  readonly step: 'requested' | 'approved' | 'rejected' | 'expired' | 'waiting' | 'refused' | 'void' | 'confirmed' | 'writing' | 'written' | 'failed' | 'verified' | 'removing' | 'removed' | 'left' | 'rollbackAsked' | 'ended';
  /** A moment in UTC, ISO 8601. */
  readonly at: string;
  readonly by?: string;
  readonly held?: boolean;
  readonly hash?: string;
  readonly because?: string;
  readonly until?: string;
  /** Which of the changes of the plan, from 0. */
  readonly index?: number;
  /** Whether the write made it; else it was there. */
  readonly made?: boolean;
  readonly outcome?: string;
};

export type Me = {
  readonly name: string;
  /** With those that a greater one includes. */
  readonly roles: readonly ('Reader' | 'Operator' | 'Approver')[];
  /** Who says so: aad, local (a demo on this machine), or key (a function key). */
  readonly provider: string;
};

export type Mode = 'audit' | 'alert' | 'plan' | 'remediate';

export type Overview = {
  readonly version: string;
  /** The most that may be done about a failing check. */
  readonly mode: Mode;
  readonly modeBecause: string;
  readonly posture: {
    /** compliant divided by clusters; null where there are none. */
    readonly score: number | null;
    readonly definition: string;
    readonly clusters: number;
    readonly compliant: number;
    readonly nonCompliant: number;
    readonly unknown: number;
  };
  /** Open findings that are not exempt. */
  readonly openFindings: CountBySeverity;
  /** Open findings that are accepted. */
  readonly exemptFindings: number;
  readonly heatMap: readonly HeatMapCell[];
  readonly coverage: {
    /** Null where no scan has ended yet. */
    readonly complete: boolean | null;
    readonly gaps: number;
    readonly groups: readonly GapGroup[];
    /** Clusters whose last check was given up. */
    readonly failedChecks: number;
  };
  /** The newest that has ended. */
  readonly lastScan: Scan | null;
  /** One that is under way. */
  readonly currentScan: Scan | null;
  /** Of the last 90 days, at most one for each day. */
  readonly trend: readonly TrendPoint[];
  readonly alerts: {
    readonly open: number;
    readonly acknowledged: number;
  };
  readonly remediations: {
    readonly awaitingApproval: number;
    readonly running: number;
  };
};

export type Plan = {
  readonly id: string;
  readonly hash: string;
  readonly expiresAt: string;
  readonly checkId: string;
  readonly clusterId: string;
  readonly fingerprint: string;
  readonly kind: 'securityRules' | 'roleAssignments';
  readonly approval: boolean;
  readonly summary: string;
  readonly basis: readonly ({
    readonly id: string;
    readonly digest: string;
  })[];
  readonly changes: readonly ({
    readonly method: 'PUT' | 'DELETE';
    readonly url: string;
    readonly body?: {
      readonly [name: string]: unknown;
    };
    readonly ifMatch: string | null;
  })[];
  readonly diff: {
    readonly newlyAllowed: readonly ({
      readonly protocols: readonly string[];
      readonly sources: readonly string[];
      readonly sourcePorts: readonly string[];
      readonly destinations: readonly string[];
      readonly destinationPorts: readonly string[];
    })[];
    readonly newlyDenied: readonly ({
      readonly protocols: readonly string[];
      readonly sources: readonly string[];
      readonly sourcePorts: readonly string[];
      readonly destinations: readonly string[];
      readonly destinationPorts: readonly string[];
    })[];
    readonly newlyGranted: readonly ({
      readonly principalId: string;
      readonly role: string;
      readonly scope: string;
    })[];
  };
  readonly permissions: readonly string[];
  readonly places: readonly ({
    readonly groupId: string;
    readonly direction: 'Inbound' | 'Outbound';
    readonly priority: number;
  })[];
  readonly undo: readonly ({
    readonly method: 'PUT' | 'DELETE';
    readonly url: string;
    readonly body?: {
      readonly [name: string]: unknown;
    };
    readonly ifMatch: string | null;
  })[];
  readonly snippets: Snippets;
  readonly proof: {
    readonly checkPasses: boolean;
    readonly withinRequest: boolean;
    readonly nothingDenied: boolean;
    readonly othersKept: boolean;
  };
};

export type Posture = 'compliant' | 'nonCompliant' | 'unknown';

export type Problem = {
  /** What is wrong, in a sentence. */
  readonly error: string;
  /** What to do about it. */
  readonly next?: string;
  /** What there is, where there is no such thing. */
  readonly paths?: readonly string[];
};

export type Remediation = {
  readonly id: string;
  /** Of the plan: what an approval names. */
  readonly hash: string;
  readonly checkId: string;
  /** A resource id, lower-cased. */
  readonly clusterId: string;
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly clusterKey: string;
  readonly clusterName: string;
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly summary: string;
  readonly state: 'queued' | 'awaitingApproval' | 'approved' | 'waiting' | 'running' | 'done' | 'rolledBack' | 'partlyRolledBack' | 'refused' | 'void' | 'rejected' | 'expired';
  /** Who or what asked for it. */
  readonly by: string;
  readonly approvedBy?: string;
  /** Why it is in its state. */
  readonly because?: string;
  /** A moment in UTC, ISO 8601. */
  readonly createdAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly updatedAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly expiresAt: string;
  /** When a waiting one is gone on with. */
  readonly until?: string;
};

export type RemediationDetail = {
  readonly id: string;
  /** Of the plan: what an approval names. */
  readonly hash: string;
  readonly checkId: string;
  /** A resource id, lower-cased. */
  readonly clusterId: string;
  /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
  readonly clusterKey: string;
  readonly clusterName: string;
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly summary: string;
  readonly state: 'queued' | 'awaitingApproval' | 'approved' | 'waiting' | 'running' | 'done' | 'rolledBack' | 'partlyRolledBack' | 'refused' | 'void' | 'rejected' | 'expired';
  /** Who or what asked for it. */
  readonly by: string;
  readonly approvedBy?: string;
  /** Why it is in its state. */
  readonly because?: string;
  /** A moment in UTC, ISO 8601. */
  readonly createdAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly updatedAt: string;
  /** A moment in UTC, ISO 8601. */
  readonly expiresAt: string;
  /** When a waiting one is gone on with. */
  readonly until?: string;
  readonly plan: Plan;
  /** Oldest first; rows are only ever added. */
  readonly journal: readonly JournalRow[];
  /** The most that may be done about this check on this cluster now. */
  readonly mode: string;
  /** Who keeps it from being more. */
  readonly modeBecause: string;
};

export type RemediationsPage = {
  readonly remediations: readonly Remediation[];
  /** Where the rest of the list begins; null at the end. Opaque. */
  readonly next: string | null;
  /** How many fit the filters, on all pages together. */
  readonly total: number;
};

export type RollbackPreview = {
  /** What is dealt with, in this order. */
  readonly removals: readonly ({
    /** Of what the remediation made: a security rule or a role assignment. */
    readonly id: string;
    readonly method: 'PUT' | 'DELETE';
    /** The request that takes it back: path and query. */
    readonly url: string;
    /** The role that somebody loses by it; null for a rule. */
    readonly role: {
      readonly principalId: string;
      readonly role: string;
      /** A resource id, lower-cased. */
      readonly scope: string;
    } | null;
    /** left: it stays, for it is no longer as it was made, or a lock bars its removal. unknown: it was not seen, which does not prove that it is gone, or something may keep it: locks were not read, or a deployment stack denies changes. */
    readonly outcome: 'removed' | 'left' | 'unknown';
    /** Why it is not removed; null where it is. */
    readonly because: string | null;
  })[];
  /** Why nothing of it would be done for now, although it can be asked for: the mode has been lowered since. Null where it would be done. */
  readonly held: string | null;
  /** When it was read from Azure. */
  readonly readAt: string;
  /** Clusters that are known to depend on what is taken back. */
  readonly dependents: number;
  /** Of those, how many were read and judged. */
  readonly examined: number;
  /** Whether all that taking it back may do is known; never taken for well where not. */
  readonly isTold: boolean;
  /** Why not, where it is not. */
  readonly remark: string | null;
  /** Those whose verdicts or packets would change by what is removed, or may be. */
  readonly clusters: readonly ChangedCluster[];
};

export type Scan = {
  readonly scanId: string;
  /** incomplete: it ended, and parts of it failed. */
  readonly state: 'cutting' | 'running' | 'complete' | 'incomplete' | 'abandoned';
  /** A moment in UTC, ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly shards: number;
  readonly clusters: number;
  /** How many things could not be read; null where nobody kept it. */
  readonly gaps: number | null;
  /** Null until it ends, and for scans of earlier versions. */
  readonly cost: Cost | null;
};

export type ScanDetail = {
  readonly scanId: string;
  /** incomplete: it ended, and parts of it failed. */
  readonly state: 'cutting' | 'running' | 'complete' | 'incomplete' | 'abandoned';
  /** A moment in UTC, ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly shards: number;
  readonly clusters: number;
  /** How many things could not be read; null where nobody kept it. */
  readonly gaps: number | null;
  /** Null until it ends, and for scans of earlier versions. */
  readonly cost: Cost | null;
  readonly shardStates: readonly ({
    readonly shard: number;
    readonly state: 'queued' | 'done' | 'failed';
    readonly clusters: number;
    readonly why?: string;
  })[];
  readonly coverage: readonly GapGroup[];
};

export type ScansPage = {
  readonly scans: readonly Scan[];
  /** Where the rest of the list begins; null at the end. Opaque. */
  readonly next: string | null;
  /** How many fit the filters, on all pages together. */
  readonly total: number;
};

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export type Snippets = {
  readonly az: string;
  readonly bicep: string;
  readonly terraform: string;
};

/** What a finding went through. */
export type Transition = {
  readonly kind: 'opened' | 'reopened' | 'resolved' | 'exempted' | 'exemptionEnded' | 'severityChanged';
  /** A moment in UTC, ISO 8601. */
  readonly at: string;
  readonly sequence: number;
  /** Names a finding: the same for every scan. */
  readonly fingerprint: string;
  readonly checkId: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly cause?: Change;
  readonly resolution?: string;
};

export type TrendPoint = {
  /** A moment in UTC, ISO 8601. */
  readonly at: string;
  readonly scanId: string;
  readonly complete: boolean;
  readonly clusters: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly unknown: number;
  /** Failures that are not exempt. */
  readonly bySeverity: CountBySeverity;
};

export type Trends = {
  readonly points: readonly TrendPoint[];
};

/** Verdicts by kind; those that are exempt are counted as exempt and not by kind. */
export type VerdictCounts = {
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly notApplicable: number;
  readonly exempt: number;
};

export type VerdictKind = 'fail' | 'unknown' | 'pass' | 'notApplicable';

export type WhatIf = {
  /** Clusters that depend on the group. */
  readonly dependents: number;
  /** Of those, how many were read just now and judged. */
  readonly examined: number;
  /** Whether all that the change may do is known. */
  readonly isTold: boolean;
  /** Why not, where it is not. */
  readonly remark: string | null;
  /** Those whose verdicts or packets would change. */
  readonly clusters: readonly ChangedCluster[];
};

/** One packet that shows it: the first of its flow. */
export type Witness = {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: string;
  readonly source: string;
  /** Null for protocols without ports. */
  readonly sourcePort: number | null;
  readonly destination: string;
  /** Null for protocols without ports. */
  readonly destinationPort: number | null;
};

export interface paths {
  '/openapi.json': {
    /** This document. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<{
          readonly [name: string]: unknown;
        }>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/me': {
    /** Who asks, and what they may. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Me>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/health': {
    /** How the service is. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Health>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
        503: Answer<Json<Problem>>;
      };
    };
  };
  '/overview': {
    /** How the tenant stands. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Overview>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/clusters': {
    /** Inference clusters, a page at a time. */
    get: {
      parameters: {
        query?: {
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
          /** Ids of subscriptions. */
          readonly subscription?: readonly string[] | undefined;
          /** Ids or names of workspaces; `none` for clusters of none. */
          readonly workspace?: readonly string[] | undefined;
          readonly location?: readonly string[] | undefined;
          readonly posture?: readonly ('compliant' | 'nonCompliant' | 'unknown')[] | undefined;
          /** Ids of checks of which any fails without being exempt. */
          readonly check?: readonly string[] | undefined;
          /** Ids of checks that are unknown. */
          readonly unknown?: readonly string[] | undefined;
          /** How many at most are on the page. */
          readonly limit?: number | undefined;
          /** `next` of the page before. */
          readonly next?: string | undefined;
          /** The field to sort by; with a hyphen before it, the other way round. */
          readonly sort?: 'name' | 'posture' | 'severity' | 'fail' | 'unknown' | 'location' | 'subscription' | 'readAt' | '-name' | '-posture' | '-severity' | '-fail' | '-unknown' | '-location' | '-subscription' | '-readAt' | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<ClustersPage>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/clusters.csv': {
    /** The same clusters, all of them, for spreadsheets. */
    get: {
      parameters: {
        query?: {
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
          /** Ids of subscriptions. */
          readonly subscription?: readonly string[] | undefined;
          /** Ids or names of workspaces; `none` for clusters of none. */
          readonly workspace?: readonly string[] | undefined;
          readonly location?: readonly string[] | undefined;
          readonly posture?: readonly ('compliant' | 'nonCompliant' | 'unknown')[] | undefined;
          /** Ids of checks of which any fails without being exempt. */
          readonly check?: readonly string[] | undefined;
          /** Ids of checks that are unknown. */
          readonly unknown?: readonly string[] | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<{ 'text/csv': string }>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/facets': {
    /** What clusters can be filtered by. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Facets>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/clusters/{key}': {
    /** One cluster: its verdicts, findings and history. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
          readonly key: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<ClusterDetail>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/clusters/{key}/explanation': {
    /** One cluster as it is now, hop by hop; read live at most once a minute. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster. */
          readonly key: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Explanation>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
        502: Answer<Json<Problem>>;
      };
    };
  };
  '/findings': {
    /** Findings, a page at a time. */
    get: {
      parameters: {
        query?: {
          readonly state?: 'open' | 'resolved' | 'all' | undefined;
          /** The id, the key or the name of a cluster. */
          readonly cluster?: string | undefined;
          /** Ids of checks. */
          readonly check?: readonly string[] | undefined;
          readonly severity?: readonly ('critical' | 'high' | 'medium' | 'low' | 'info')[] | undefined;
          /** Only accepted ones, or only others. */
          readonly exempt?: 'true' | 'false' | undefined;
          readonly location?: readonly string[] | undefined;
          readonly subscription?: readonly string[] | undefined;
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
          /** How many at most are on the page. */
          readonly limit?: number | undefined;
          /** `next` of the page before. */
          readonly next?: string | undefined;
          /** The field to sort by; with a hyphen before it, the other way round. */
          readonly sort?: 'severity' | 'cluster' | 'check' | 'since' | 'firstSeen' | 'lastSeen' | 'state' | '-severity' | '-cluster' | '-check' | '-since' | '-firstSeen' | '-lastSeen' | '-state' | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<FindingsPage>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/findings.csv': {
    /** The same findings, all of them, for spreadsheets. */
    get: {
      parameters: {
        query?: {
          readonly state?: 'open' | 'resolved' | 'all' | undefined;
          /** The id, the key or the name of a cluster. */
          readonly cluster?: string | undefined;
          /** Ids of checks. */
          readonly check?: readonly string[] | undefined;
          readonly severity?: readonly ('critical' | 'high' | 'medium' | 'low' | 'info')[] | undefined;
          /** Only accepted ones, or only others. */
          readonly exempt?: 'true' | 'false' | undefined;
          readonly location?: readonly string[] | undefined;
          readonly subscription?: readonly string[] | undefined;
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<{ 'text/csv': string }>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/findings/{fingerprint}': {
    /** One finding: its proof, history, alert and remediations. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** Names a finding: the same for every scan. */
          readonly fingerprint: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<FindingDetail>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/alerts': {
    /** What somebody had to hear of, a page at a time. */
    get: {
      parameters: {
        query?: {
          /** How many at most are on the page. */
          readonly limit?: number | undefined;
          /** `next` of the page before. */
          readonly next?: string | undefined;
          readonly state?: 'open' | 'acknowledged' | 'resolved' | undefined;
          readonly severity?: readonly ('critical' | 'high' | 'medium' | 'low' | 'info')[] | undefined;
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
          /** The field to sort by; with a hyphen before it, the other way round. */
          readonly sort?: 'since' | 'severity' | 'subject' | 'state' | '-since' | '-severity' | '-subject' | '-state' | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<AlertsPage>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/alerts/{id}/acknowledge': {
    /** Notes who has seen an alert. */
    post: {
      parameters: {
        query?: never;
        path: {
          /** Names a finding: the same for every scan. */
          readonly id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: { content: Json<{
          /** Who has seen it. Whoever is signed in is named by that instead. */
          readonly by?: string;
        }> };
      responses: {
        200: Answer<Json<Alert>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        413: Answer<Json<Problem>>;
        415: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations': {
    /** Remediations, a page at a time. */
    get: {
      parameters: {
        query?: {
          /** How many at most are on the page. */
          readonly limit?: number | undefined;
          /** `next` of the page before. */
          readonly next?: string | undefined;
          readonly state?: readonly ('queued' | 'awaitingApproval' | 'approved' | 'waiting' | 'running' | 'done' | 'rolledBack' | 'partlyRolledBack' | 'refused' | 'void' | 'rejected' | 'expired')[] | undefined;
          /** The id, the key or the name of a cluster. */
          readonly cluster?: string | undefined;
          readonly check?: readonly string[] | undefined;
          /** Words that must all occur, in any casing. */
          readonly search?: string | undefined;
          /** The field to sort by; with a hyphen before it, the other way round. */
          readonly sort?: 'createdAt' | 'updatedAt' | 'state' | 'cluster' | 'check' | '-createdAt' | '-updatedAt' | '-state' | '-cluster' | '-check' | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<RemediationsPage>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations/{id}': {
    /** One remediation: the plan that an approval is about, and its journal. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The id of a remediation. */
          readonly id: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<RemediationDetail>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations/{id}/approve': {
    /** Has a plan carried out. */
    post: {
      parameters: {
        query?: never;
        path: {
          /** The id of a remediation. */
          readonly id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: { content: Json<{
          /** Of the plan that was looked at. */
          readonly hash: string;
          /** Why. */
          readonly because?: string;
        }> };
      responses: {
        200: Answer<Json<Decided>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        409: Answer<Json<Problem>>;
        413: Answer<Json<Problem>>;
        415: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations/{id}/reject': {
    /** Has a plan left alone. */
    post: {
      parameters: {
        query?: never;
        path: {
          /** The id of a remediation. */
          readonly id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: { content: Json<{
          /** Of the plan that was looked at. */
          readonly hash: string;
          /** Why. */
          readonly because?: string;
        }> };
      responses: {
        200: Answer<Json<Decided>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        409: Answer<Json<Problem>>;
        413: Answer<Json<Problem>>;
        415: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations/{id}/rollback': {
    /** Has what a remediation made taken back. */
    post: {
      parameters: {
        query?: never;
        path: {
          /** The id of a remediation. */
          readonly id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: { content: Json<{
          /** Of the plan that was looked at. */
          readonly hash: string;
          /** Why. */
          readonly because?: string;
        }> };
      responses: {
        200: Answer<Json<Decided>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        409: Answer<Json<Problem>>;
        413: Answer<Json<Problem>>;
        415: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/remediations/{id}/rollback-preview': {
    /** What taking back what a remediation made would remove and break, read live; nothing is changed. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The id of a remediation. */
          readonly id: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<RollbackPreview>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        409: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
        502: Answer<Json<Problem>>;
      };
    };
  };
  '/scans': {
    /** Scans that are kept, the newest first. */
    get: {
      parameters: {
        query?: {
          /** How many at most are on the page. */
          readonly limit?: number | undefined;
          /** `next` of the page before. */
          readonly next?: string | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<ScansPage>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/scans/{scanId}': {
    /** One scan: its parts, cost and what it could not read. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The id of a scan. */
          readonly scanId: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<ScanDetail>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/trends': {
    /** How the tenant stood after each scan. */
    get: {
      parameters: {
        query?: {
          /** From when on; 90 days ago where it is not said. */
          readonly since?: string | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<Trends>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/settings': {
    /** The settings that hold now. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<EffectiveSettings>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/checks': {
    /** The catalogue. */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<CheckList>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/checks/{checkId}': {
    /** One check: why it matters and what to do. */
    get: {
      parameters: {
        query?: never;
        path: {
          /** The id of a check. */
          readonly checkId: string;
        };
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<Json<CheckDetail>>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
      };
    };
  };
  '/what-if': {
    /** Which clusters a rule would break or mend. Nothing is changed. */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: { content: Json<{
          /** The id of the group. */
          readonly networkSecurityGroup: string;
          /** A security rule as Azure Resource Manager writes it ({ "name", "properties" }), or the whole group with its properties.securityRules. */
          readonly rule: {
            readonly [name: string]: unknown;
          };
        }> };
      responses: {
        200: Answer<Json<WhatIf>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        413: Answer<Json<Problem>>;
        415: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
        502: Answer<Json<Problem>>;
      };
    };
  };
  '/reports/latest': {
    /** The report of the newest scan. */
    get: {
      parameters: {
        query?: {
          readonly format?: 'table' | 'json' | 'csv' | 'sarif' | 'junit' | 'markdown' | undefined;
        };
        path?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          readonly 'If-None-Match'?: string | undefined;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: Answer<{ 'application/json': string; 'application/sarif+json': string; 'application/xml': string; 'text/csv': string; 'text/markdown': string; 'text/plain': string }>;
        304: Answer<Record<string, never>>;
        400: Answer<Json<Problem>>;
        401: Answer<Json<Problem>>;
        403: Answer<Json<Problem>>;
        404: Answer<Json<Problem>>;
        500: Answer<Json<Problem>>;
        502: Answer<Json<Problem>>;
      };
    };
  };
}
