// The oracle that shares nothing with the engine: packet formulas as bit-vector formulas for Z3.
import {
  type Z3LowLevel,
  type Z3_context,
  Z3_error_code,
  Z3_lbool,
  init,
  killThreads,
} from 'z3-solver';

import type { Coordinate, IntervalSet } from '../../shared/packets/interval-set.ts';
import { type Packet, type Product, hasPorts, protocols } from '../../shared/packets/packet-set.ts';
import type { PacketFormula } from './packet-formula.ts';

export interface PacketSolver {
  /** A packet of the formula, or undefined where Z3 proves that there is none. */
  find(formula: PacketFormula): Promise<Packet | undefined>;
}

/** Starts Z3, lends it to `use`, and ends its threads whatever happens, so that the process can exit. */
export async function withZ3<T>(use: (solver: PacketSolver) => Promise<T>): Promise<T> {
  const { Z3, em } = await init();
  try {
    const configuration = Z3.mk_config();
    const context = Z3.mk_context(configuration);
    Z3.del_config(configuration);
    return await use({ find: (formula) => find(Z3, context, formula) });
  } finally {
    await killThreads(em);
  }
}

/**
 * Text is handed over by a synchronous call only: the asynchronous ones let Z3's thread read the
 * string when its memory may already hold another one.
 */
async function find(
  z3: Z3LowLevel['Z3'],
  context: Z3_context,
  formula: PacketFormula,
): Promise<Packet | undefined> {
  const solver = z3.mk_solver(context);
  z3.solver_inc_ref(context, solver);
  try {
    z3.solver_from_string(context, solver, question(formula));
    if (z3.get_error_code(context) !== Z3_error_code.Z3_OK) {
      throw new Error('Z3 could not read the formula');
    }
    const answer = await z3.solver_check(context, solver);
    if (answer === Z3_lbool.Z3_L_UNDEF) {
      throw new Error('Z3 gave no answer');
    }
    return answer === Z3_lbool.Z3_L_FALSE
      ? undefined
      : readModel(z3.model_to_string(context, z3.solver_get_model(context, solver)));
  } finally {
    z3.solver_dec_ref(context, solver);
  }
}

/** Addresses are signed and wider than their family, which leaves room for the named ones. */
const widths = { v4: 40, v6: 136, port: 16, protocol: 4 } as const;
type Width = keyof typeof widths;

const variables: readonly (readonly [name: string, width: Width])[] = [
  ['protocol', 'protocol'],
  ['source-v4', 'v4'],
  ['source-v6', 'v6'],
  ['destination-v4', 'v4'],
  ['destination-v6', 'v6'],
  ['source-port', 'port'],
  ['destination-port', 'port'],
];

function question(formula: PacketFormula): string {
  return [
    '(declare-const is-v6 Bool)',
    ...variables.map(([name, width]) => `(declare-const ${name} (_ BitVec ${widths[width]}))`),
    `(assert (bvult protocol ${literal(protocols.length, 'protocol')}))`,
    `(assert ${asserted(formula)})`,
  ].join('\n');
}

function asserted(formula: PacketFormula): string {
  switch (formula.kind) {
    case 'product':
      return productHolds(formula.product);
    case 'complement': {
      const universe = { v4: [0, Infinity], v6: [0n, Infinity] };
      const ends = `${addressesHold(universe, 'source')} ${addressesHold(universe, 'destination')}`;
      return `(and ${ends} (not ${asserted(formula.of)}))`;
    }
    case 'union':
      return `(or ${asserted(formula.left)} ${asserted(formula.right)})`;
    case 'intersect':
      return `(and ${asserted(formula.left)} ${asserted(formula.right)})`;
    case 'subtract':
      return `(and ${asserted(formula.left)} (not ${asserted(formula.right)}))`;
  }
}

function productHolds(product: Product): string {
  const ports = `(and ${setHolds(product.sourcePorts, 'source-port', 'port')} ${setHolds(
    product.destinationPorts,
    'destination-port',
    'port',
  )})`;
  const carried = product.protocols.map((protocol) => {
    const is = `(= protocol ${literal(protocols.indexOf(protocol), 'protocol')})`;
    return hasPorts(protocol) ? `(and ${is} ${ports})` : is;
  });
  const sources = addressesHold(product.sources, 'source');
  const destinations = addressesHold(product.destinations, 'destination');
  return `(and (or false ${carried.join(' ')}) ${sources} ${destinations})`;
}

function addressesHold(addresses: Product['sources'], end: 'source' | 'destination'): string {
  const v4 = setHolds(addresses.v4, `${end}-v4`, 'v4');
  return `(ite is-v6 ${setHolds(addresses.v6, `${end}-v6`, 'v6')} ${v4})`;
}

function setHolds(set: IntervalSet, variable: string, width: Width): string {
  const [atMost, below] = width === 'port' ? ['bvule', 'bvult'] : ['bvsle', 'bvslt'];
  const parts: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const [lo = 0, hi = 0] = set.slice(i, i + 2);
    const isUnbounded = hi === Infinity || (width === 'port' && hi >= 65_536);
    const from = `(${atMost} ${literal(lo, width)} ${variable})`;
    parts.push(isUnbounded ? from : `(and ${from} (${below} ${variable} ${literal(hi, width)}))`);
  }
  return `(or false ${parts.join(' ')})`;
}

function literal(value: Coordinate, width: Width): string {
  return `(_ bv${BigInt.asUintN(widths[width], BigInt(value))} ${widths[width]})`;
}

/** Reads lines such as `source-port -> #x01bb`; what the model leaves out may be anything. */
function readModel(text: string): Packet {
  const model = new Map(
    [...text.matchAll(/([\w-]+) -> (\S+)/g)].map(([, name, value]) => [name, value]),
  );
  const bits = (name: string): bigint => BigInt((model.get(name) ?? '0').replace('#', '0'));
  const family = model.get('is-v6') === 'true' ? 6 : 4;
  const protocol = protocols[Number(bits('protocol'))];
  if (protocol === undefined) {
    throw new Error(`Z3 gave no packet: ${text}`);
  }
  const address = (end: 'source' | 'destination'): Coordinate =>
    family === 4
      ? Number(BigInt.asIntN(widths.v4, bits(`${end}-v4`)))
      : BigInt.asIntN(widths.v6, bits(`${end}-v6`));
  return {
    family,
    protocol,
    source: address('source'),
    sourcePort: hasPorts(protocol) ? Number(bits('source-port')) : 0,
    destination: address('destination'),
    destinationPort: hasPorts(protocol) ? Number(bits('destination-port')) : 0,
  };
}
