import type { Fleet, FleetInstance } from "../fleet/fleet.ts";
import { launch, start } from "../fleet/start-times.ts";
import { bootLog } from "./boot-log.ts";
import type { Consoles } from "./consoles.ts";
import { runningEvent } from "./state-change-event.ts";

/** The starts of a fleet's instances, and what they leave on their consoles. */
export class Boots {
  readonly #fleet: Fleet;
  readonly #consoles: Consoles;
  readonly #clock: () => Date;
  readonly #send: (events: readonly string[]) => Promise<void>;

  /** @param send delivers EventBridge's events as JSON. */
  constructor(fleet: Fleet, consoles: Consoles, clock: () => Date, send: (events: readonly string[]) => Promise<void>) {
    this.#fleet = fleet;
    this.#consoles = consoles;
    this.#clock = clock;
    this.#send = send;
  }

  /** The first boot of each instance that has a host key, at once: its console shows the key. */
  async first(hostKeys: ReadonlyMap<string, string>): Promise<void> {
    const now = this.#clock();
    for (const [instanceId, hostKey] of hostKeys) {
      const instance = this.#find(instanceId);
      launch(instance, now);
      this.#consoles.replace(instanceId, bootLog(hostNameOf(instance), [hostKey], now));
    }
    await this.#tell([...hostKeys.keys()], now);
  }

  /** A boot of one instance, whose console then shows what is given, and nothing of before: the first one, where it has run never. */
  async again(instanceId: string, shown: string): Promise<void> {
    const now = this.#clock();
    start(this.#find(instanceId), now);
    this.#consoles.replace(instanceId, shown);
    await this.#tell([instanceId], now);
  }

  #tell(instanceIds: readonly string[], now: Date): Promise<void> {
    return this.#send(instanceIds.map((instanceId) => JSON.stringify(runningEvent(instanceId, now))));
  }

  #find(instanceId: string): FleetInstance {
    const instance = this.#fleet.find(instanceId);
    if (!instance) throw new Error(`The fleet has no instance ${instanceId}`);
    return instance;
  }
}

/** As EC2 names hosts by default. */
function hostNameOf({ PrivateIpAddress = "127.0.0.1" }: FleetInstance): string {
  return `ip-${PrivateIpAddress.replaceAll(".", "-")}`;
}
