/** Thrown where Resource Graph might answer and this simulator would have to guess. */
export class SimulatorLimit extends Error {
  constructor(what: string) {
    super(`The simulator does not evaluate ${what}; Resource Graph may.`);
    this.name = 'SimulatorLimit';
  }
}
