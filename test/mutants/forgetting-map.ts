let generation = 0;

/**
 * A WeakMap that is empty again after {@link forgetEverything}. The code keeps answers in such maps by
 * the objects they belong to; an answer from before a mutant was switched on would hide the mutant.
 */
export class ForgettingMap<K extends WeakKey, V> {
  private made = generation;
  private map: WeakMap<K, V>;

  constructor(entries: Iterable<readonly [K, V]> = []) {
    this.map = new WeakMap(entries);
  }

  private get current(): WeakMap<K, V> {
    if (this.made !== generation) {
      this.made = generation;
      this.map = new WeakMap();
    }
    return this.map;
  }

  get(key: K): V | undefined {
    return this.current.get(key);
  }

  has(key: K): boolean {
    return this.current.has(key);
  }

  set(key: K, value: V): this {
    this.current.set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.current.delete(key);
  }
}

/** The name by which the code that is under test finds the class. */
export const forgettingMapName = '__forgettingMap__';
Object.assign(globalThis, { [forgettingMapName]: ForgettingMap });

export function forgetEverything(): void {
  generation += 1;
}
