import type { ArmWrite } from '../../remediation/arm-write.ts';
import { authorizationApiVersion } from '../../remediation/written-role.ts';
import { networkApiVersion } from '../../remediation/written-rule.ts';

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Begins with no dot, so that no part leads elsewhere; an escape or a separator is in no name. */
const name = String.raw`[\p{L}\p{N}_(-][\p{L}\p{N}_().-]*`;
const group = `/subscriptions/${guid}/resourcegroups/${name}`;
const resource = `/providers/${name}(?:/${name}/${name})+`;
/** In the form that planners give: nobody else's rule is written or removed. */
const ruleName = 'portcullis-[a-z0-9-]{1,60}';
/** A GUID of version 8, as planners make them. */
const assignmentName = '[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}';

/** The two kinds of request that change anything, and how each is told apart from all others. */
const kinds = [
  {
    kind: 'securityRule',
    form: new RegExp(
      `^${group}/providers/microsoft\\.network/networksecuritygroups/${name}/securityrules/${ruleName}\\?api-version=${networkApiVersion}$`,
      'iu',
    ),
  },
  {
    kind: 'roleAssignment',
    form: new RegExp(
      `^${group}(?:${resource})?/providers/microsoft\\.authorization/roleassignments/${assignmentName}\\?api-version=${authorizationApiVersion}$`,
      'iu',
    ),
  },
] as const;

/** What a request writes. */
export type WrittenKind = (typeof kinds)[number]['kind'];

/**
 * What a request writes, if it is the PUT or DELETE of one security rule or one role assignment of
 * ours, in a resource group. Plans lie in storage and in files, where somebody may have edited them.
 * @throws RangeError for everything else; then nothing has been sent.
 */
export function acceptedKind({ method, url, body, ifMatch }: ArmWrite): WrittenKind {
  const found = kinds.find(({ form }) => form.test(url));
  if (found === undefined) {
    throw new RangeError(
      `"${url}" is not written: only a security rule or a role assignment of Portcullis in a resource group is, at API version ${networkApiVersion} or ${authorizationApiVersion}; make a new plan`,
    );
  }
  const members = Object.keys(body ?? {}).join(', ');
  const wanted = method === 'PUT' ? 'properties' : '';
  if (members !== wanted) {
    const has = members === '' ? 'no body' : `a body with ${members}`;
    throw new RangeError(
      `${method} ${url} has ${has}, but takes ${wanted === '' ? 'none' : `one with ${wanted} alone`}; make a new plan`,
    );
  }
  if (ifMatch !== null && !/^(?:\*|(?:W\/)?"[^"\r\n]*")$/.test(ifMatch)) {
    throw new RangeError(`${method} ${url}: ifMatch is no ETag; make a new plan`);
  }
  return found.kind;
}
