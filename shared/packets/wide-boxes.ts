import { boxesOf } from './boxes.ts';
import { type ClassSet, restOf } from './class-sets.ts';
import { combine } from './combine.ts';
import { no } from './diagram.ts';
import { isSubset } from './interval-set.ts';
import { classesWithin, pointsOf } from './line.ts';
import { type Box, allPorts, hasPorts, portedMask, protocolMask, protocolsIn } from './packet.ts';
import {
  type ClassProduct,
  type Field,
  type IntervalSide,
  type Region,
  classesOn,
  intervalSides,
  outwards,
  productNode,
  reordered,
} from './space.ts';

/** More disjoint boxes, or boundaries in them, than this are printed as they are: nobody reads all of them. */
const mostBoxes = 24;
const mostBoundaries = 2000;

/**
 * Boxes whose union is the region, as a person would have written them: as few as are found, each as
 * wide as the region allows, so that they may overlap. They depend on the region's packets only.
 */
export function wideBoxesOf(region: Region): readonly Box[] {
  const disjoint = boxesOf(region);
  if (disjoint.length < 2 || disjoint.length > mostBoxes) return disjoint;
  if (boundariesOf(disjoint) > mostBoundaries) return disjoint;
  const whole = reordered(region, outwards);
  const wide = withoutCovered(whole, widened(whole));
  return isSimpler(wide, disjoint) ? wide : disjoint;
}

/** Takes the first box of what is left, widens it in the better of two orders, and goes on. */
function widened(whole: Region): readonly ClassProduct[] {
  const { space } = whole;
  const chosen: ClassProduct[] = [];
  let rest = whole;
  while (rest.node !== no) {
    const [first] = boxesOf(rest);
    if (first === undefined) break;
    const start = productOf(whole, first);
    const [forwards, backwards] = [growthOrder, growthOrder.toReversed()].map((order) => {
      const grown = order.reduce((product, field) => grownIn(whole, product, field), start);
      const node = combine(space.diagram, 'subtract', rest.node, productNode(space, grown));
      return { grown, left: { space, node } };
    });
    if (forwards === undefined || backwards === undefined) break;
    const isBetter = boxesOf(backwards.left).length < boxesOf(forwards.left).length;
    const { grown, left } = isBetter ? backwards : forwards;
    chosen.push(grown);
    rest = left;
  }
  return chosen;
}

const growthOrder: readonly Field[] = [
  'sources',
  'destinations',
  'sourcePorts',
  'destinationPorts',
  'protocols',
];

/** The product with as much of one field as keeps all of it in the region. */
function grownIn({ space, node }: Region, product: ClassProduct, field: Field): ClassProduct {
  const { diagram: d, lines } = space;
  const isPorted = (product.protocols & portedMask) !== 0;
  const hasPortless = (product.protocols & ~portedMask) !== 0;
  if (field === 'protocols') {
    const all = space.protocols.all & mayShareBox(space, product);
    const most = { ...product, protocols: all };
    const beyond = combine(d, 'subtract', productNode(space, most), node);
    return { ...product, protocols: all & ~classesOn({ space, node: beyond }, 'protocols') };
  }
  const isPort = field === 'destinationPorts' || field === 'sourcePorts';
  if (isPort && (!isPorted || hasPortless)) return product;
  const { sets } = lines[field];
  const beyond = combine(
    d,
    'subtract',
    productNode(space, { ...product, [field]: sets.all }),
    node,
  );
  return { ...product, [field]: restOf(sets, sets.all, classesOn({ space, node: beyond }, field)) };
}

/** Protocols that one box may name with these: portless ones only beside all ports. */
function mayShareBox({ lines }: Region['space'], product: ClassProduct): number {
  const isEveryPort = (['destinationPorts', 'sourcePorts'] as const).every(
    (side) => product[side] === lines[side].sets.all && isSubset(allPorts, lines[side].asked),
  );
  if (isEveryPort) return -1;
  return (product.protocols & portedMask) !== 0 ? portedMask : ~portedMask;
}

/** The boxes of the products, without those that the others cover together. */
function withoutCovered(whole: Region, products: readonly ClassProduct[]): readonly Box[] {
  const { space } = whole;
  let kept = products;
  for (const product of products) {
    const others = kept.filter((other) => other !== product);
    const covered = others.reduce(
      (sum, other) => combine(space.diagram, 'union', sum, productNode(space, other)),
      no,
    );
    if (covered === whole.node) kept = others;
  }
  return kept.map((product) => boxOf(whole, product));
}

function boxOf({ space }: Region, product: ClassProduct): Box {
  const isPorted = (product.protocols & portedMask) !== 0;
  const points = (side: IntervalSide) => pointsOf(space.lines[side], product[side]);
  return {
    family: space.family,
    protocols: protocolsIn(product.protocols),
    sources: points('sources'),
    sourcePorts: isPorted ? points('sourcePorts') : allPorts,
    destinations: points('destinations'),
    destinationPorts: isPorted ? points('destinationPorts') : allPorts,
  };
}

/** A box of the region in classes of its space. */
function productOf({ space }: Region, box: Box): ClassProduct {
  const isPorted = box.protocols.some(hasPorts);
  const classes = (side: IntervalSide): ClassSet => {
    const line = space.lines[side];
    const isPort = side === 'destinationPorts' || side === 'sourcePorts';
    return isPort && !isPorted ? line.sets.all : classesWithin(line, box[side]);
  };
  return {
    protocols: protocolMask(box.protocols),
    destinationPorts: classes('destinationPorts'),
    destinations: classes('destinations'),
    sources: classes('sources'),
    sourcePorts: classes('sourcePorts'),
  };
}

/** Fewer boxes are simpler; of as many, those with fewer boundaries. */
function isSimpler(boxes: readonly Box[], than: readonly Box[]): boolean {
  return (
    boxes.length < than.length ||
    (boxes.length === than.length && boundariesOf(boxes) < boundariesOf(than))
  );
}

function boundariesOf(boxes: readonly Box[]): number {
  return boxes
    .flatMap((box) => intervalSides.map((side) => box[side].length))
    .reduce((sum, count) => sum + count, 0);
}
