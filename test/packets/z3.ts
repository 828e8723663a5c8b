// The oracle that shares nothing with the engine: packet formulas as bit-vector formulas for Z3.
import { init, killThreads } from 'z3-solver';

import type { Coordinate, IntervalSet } from '../../shared/packets/interval-set.ts';
import { type Packet, type Product, hasPorts, protocols } from '../../shared/packets/packet-set.ts';
import { type PacketFormula, formulaHas } from './packet-formula.ts';

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
    return await use({
      async find(formula) {
        const smt = question(formula);
        for (let attempt = 1; attempt <= 3; attempt += 1) {
          const packet = readAnswer(await Z3.eval_smtlib2_string(context, smt));
          // Once in some ten thousand questions the WebAssembly build gives a model of zeros that
          // does not satisfy the formula; asked again, it gives a right one.
          if (packet === undefined || formulaHas(formula, packet)) {
            return packet;
          }
        }
        throw new Error('Z3 insists on a packet outside the formula');
      },
    });
  } finally {
    await killThreads(em);
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
  const names = variables.map(([name]) => name).join(' ');
  return [
    '(reset)',
    '(set-logic QF_BV)',
    '(declare-const is-v6 Bool)',
    ...variables.map(([name, width]) => `(declare-const ${name} (_ BitVec ${widths[width]}))`),
    `(assert (bvult protocol ${literal(protocols.length, 'protocol')}))`,
    `(assert ${asserted(formula)})`,
    '(check-sat)',
    `(get-value (is-v6 ${names}))`,
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

function readAnswer(answer: string): Packet | undefined {
  if (answer.startsWith('unsat')) {
    return undefined;
  }
  if (!answer.startsWith('sat')) {
    throw new Error(`Z3 gave no answer: ${answer}`);
  }
  const model = new Map(
    [...answer.matchAll(/\(([\w-]+)\s+([^()\s]+)\)/g)].map(([, name, value]) => [name, value]),
  );
  const bits = (name: string): bigint => BigInt((model.get(name) ?? '').replace('#', '0'));
  const family = model.get('is-v6') === 'true' ? 6 : 4;
  const protocol = protocols[Number(bits('protocol'))];
  if (protocol === undefined) {
    throw new Error(`Z3 gave no packet: ${answer}`);
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
