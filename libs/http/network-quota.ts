export interface NetworkLimits {
  /** Members of one network. */
  perNetwork: number;
  /** Members of all networks together. */
  inTotal: number;
}

/**
 * The members of a resource by client network, in the order in which they came. Newcomers are never refused: who has waited
 * for longest gives way, so that a client that holds many places cannot keep out another one, not even of its own network.
 */
export class NetworkQuota<Member extends object> {
  readonly #networks = new Map<string, Set<Member>>();
  /** The members at the last call of {@link takeExcess}. */
  readonly #known = new WeakSet<Member>();

  constructor(private readonly limits: NetworkLimits) {}

  add(network: string, member: Member): void {
    const members = this.#networks.get(network);
    if (members) members.add(member);
    else this.#networks.set(network, new Set([member]));
  }

  /** Returns whether the member was there. */
  delete(network: string, member: Member): boolean {
    const members = this.#networks.get(network);
    this.#known.delete(member);
    if (!members?.delete(member)) return false;
    if (members.size === 0) this.#networks.delete(network);
    return true;
  }

  /**
   * Removes and returns the members above the limits: first those of networks with too many, then those of the largest
   * networks. A member that came after the last call stays, because its bytes may have arrived and not been read yet.
   */
  takeExcess(): Member[] {
    const { perNetwork, inTotal } = this.limits;
    const taken: Member[] = [];
    for (const [network, { size }] of this.#networks)
      taken.push(...this.#takeOldest(network, size - perNetwork));
    const bySize = [...this.#networks].toSorted(([, one], [, other]) => other.size - one.size);
    let excess = bySize.reduce((sum, [, { size }]) => sum + size, -inTotal);
    for (const [network] of bySize) {
      const victims = this.#takeOldest(network, excess);
      taken.push(...victims);
      excess -= victims.length;
    }
    for (const members of this.#networks.values()) members.forEach((member) => this.#known.add(member));
    return taken;
  }

  #takeOldest(network: string, count: number): Member[] {
    if (count <= 0) return [];
    const members = [...(this.#networks.get(network) ?? [])];
    const victims = members.filter((member) => this.#known.has(member)).slice(0, count);
    for (const victim of victims) this.delete(network, victim);
    return victims;
  }
}
