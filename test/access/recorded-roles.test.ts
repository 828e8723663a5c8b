import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type {
  ConditionalPermission,
  Permission,
  RoleDefinition,
} from '../../shared/access/access-facts.ts';
import { uncoveredAction } from '../../shared/access/action-search.ts';
import {
  networkContributor,
  routeTableMinimum,
  subnetMinimum,
} from '../../shared/access/aks-permissions.ts';
import { builtInRoles } from '../../shared/access/built-in-roles.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { permits } from '../../shared/access/permitted.ts';
import { access, assigned, group, identity } from './build.ts';

const recordings = join(resolve(process.env.PORTCULLIS_FIXTURES ?? '../shared/fixtures'), 'pool');

const strings = z.array(z.string()).nullish();
const recordedRole = z.object({
  name: z.string(),
  properties: z.object({
    roleName: z.string(),
    permissions: z
      .array(z.object({ actions: strings, notActions: strings, condition: z.string().nullish() }))
      .nullish(),
  }),
});

/** Every role definition of the recordings, lists taken apart. */
function recordedRoles(): readonly RoleDefinition[] {
  return ['role_definition', 'list_role_definition']
    .flatMap((kind) =>
      readdirSync(join(recordings, kind)).map((file) => join(recordings, kind, file)),
    )
    .flatMap((file) => {
      const { body } = z
        .object({ body: z.unknown() })
        .parse(JSON.parse(readFileSync(file, 'utf8')));
      const list = z.object({ value: z.array(z.unknown()) }).safeParse(body);
      return list.success ? list.data.value : [body];
    })
    .map((row) => recordedRole.parse(row))
    .map(({ name, properties }) => ({
      guid: name.toLowerCase(),
      roleName: properties.roleName,
      permissions: (properties.permissions ?? []).map(
        ({ actions, notActions, condition }): ConditionalPermission => ({
          actions: actions ?? [],
          notActions: notActions ?? [],
          ...(condition === null || condition === undefined ? {} : { condition }),
        }),
      ),
    }));
}

function isPlain(block: ConditionalPermission): block is Permission {
  return block.condition === undefined;
}

const absent = !existsSync(recordings);

describe.skipIf(absent)(
  'recorded role definitions (skipped where PORTCULLIS_FIXTURES has none)',
  () => {
    const roles = absent ? [] : recordedRoles();

    it('are there', () => {
      expect(roles.length).toBeGreaterThan(100);
    });

    const conditional = roles.filter(({ permissions }) => !permissions.every(isPlain));
    const plain = roles.map(({ permissions }) => permissions.filter(isPlain));

    it('with conditions on their own blocks grant nothing of networks for certain', () => {
      expect(conditional.length).toBeGreaterThan(0);
      for (const role of conditional) {
        const given = access({ assignments: [assigned(role.guid)], roles: [role] });
        expect(holds(networkContributor, identity, group, given).verdict).not.toBe('granted');
      }
    });

    it('each grants or lacks the whole network, without giving up', () => {
      const verdicts = new Map<string, string>();
      for (const role of roles.filter((one) => !conditional.includes(one))) {
        const given = access({ assignments: [assigned(role.guid)], roles: [role] });
        const { verdict, lacking, missing } = holds(networkContributor, identity, group, given);
        expect(missing).toEqual([]);
        expect(lacking === undefined || !permits(role.permissions, lacking.action)).toBe(true);
        verdicts.set(role.roleName, verdict);
      }
      const granting = [...verdicts]
        .filter(([, verdict]) => verdict === 'granted')
        .map(([name]) => name);
      expect(granting).toEqual(
        expect.arrayContaining(['Contributor', 'Network Contributor', 'Owner']),
      );
      expect(verdicts.get('Reader')).toBe('notGranted');
    });

    it('each grants a spelt-out action as a look at its patterns says', () => {
      for (const permissions of plain) {
        for (const action of [...subnetMinimum, ...routeTableMinimum]) {
          const { kind } = uncoveredAction([action], permissions);
          expect(kind).toBe(permits(permissions, action) ? 'none' : 'found');
        }
      }
    });

    it('all but the broad ones together are compared within the budget', () => {
      const narrow = plain
        .flat()
        .filter(
          ({ actions }) =>
            !actions.some((one) => ['*', 'microsoft.network/*'].includes(one.toLowerCase())),
        );
      expect(uncoveredAction(['*'], narrow).kind).toBe('found');
      expect(uncoveredAction(networkContributor, narrow).kind).toBe('found');
      expect(uncoveredAction(['Microsoft.Network/*/read'], narrow).kind).toBe('none');
    });

    it('say of the built-in roles what we publish for them', () => {
      const network = builtInRoles.get('4d97b98b-1d4f-4787-a291-c67834d212e7');
      expect(roles.find(({ guid }) => guid === network?.guid)).toEqual(network);
    });
  },
);
