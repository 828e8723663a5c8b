import { nameOf } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { Place } from './scoring-targets.ts';

/** Whether a frontend lets nobody in because no network security group opens it. */
export type ClosedFrontend =
  | { readonly kind: 'yes' | 'no' }
  | { readonly kind: 'perhaps'; readonly missing: readonly Missing[] };

/**
 * A public frontend of a Standard load balancer is closed where no network security group opens it
 * (learn.microsoft.com/azure/load-balancer/load-balancer-overview#secure-by-default); a Basic one
 * is open.
 */
export function closedFrontend({ endpoint, chain, subnet }: Place, target: string): ClosedFrontend {
  const hasGroup = chain.some((list) =>
    list.kind === 'unread' ? list.of === 'securityGroup' : list.kind === 'securityGroup',
  );
  if (hasGroup || endpoint.visibility === 'private' || !endpoint.frontend.known) {
    return { kind: 'no' };
  }
  const { sku, loadBalancerId } = endpoint.frontend.value;
  switch (sku) {
    case 'basic':
      return { kind: 'no' };
    case undefined: {
      const what = `the SKU of load balancer ${nameOf(loadBalancerId)}`;
      const why =
        'no network security group stands before its public frontend, which a Standard one closes and a Basic one opens';
      return { kind: 'perhaps', missing: [{ what, scope: loadBalancerId, why }] };
    }
    default: {
      if (chain.length === 0) return { kind: 'yes' };
      const what = `whether ${target} is open`;
      const why =
        'no network security group opens it, and whether a security admin rule alone does is not documented';
      return { kind: 'perhaps', missing: [{ what, scope: subnet.id, why }] };
    }
  }
}
