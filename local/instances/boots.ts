import type { FleetInstance } from "../fleet/fleet.ts";
import { launch, start } from "../fleet/start-times.ts";
import { bootLog } from "./boot-log.ts";
import { runningEvent } from "./state-change-event.ts";
import type { TargetInstances } from "./target-instances.ts";

type Booting = Pick<TargetInstances, "fleet" | "consoles" | "logins">;

/** The starts of a target's instances, and what they leave on their consoles. */
export class Boots {
  readonly #target: Booting;
  readonly #clock: () => Date;
  readonly #send: (events: readonly string[]) => Promise<void>;

  /** @param send delivers EventBridge's events as JSON. */
  constructor(target: Booting, clock: () => Date, send: (events: readonly string[]) => Promise<void>) {
    this.#target = target;
    this.#clock = clock;
    this.#send = send;
  }

  /** The first boot of each instance that has a host key, at once: its console shows the key. */
  async first(): Promise<void> {
    const { hostKeys } = this.#target.logins;
    const now = this.#clock();
    for (const [instanceId, hostKey] of hostKeys) {
      const instance = this.#find(instanceId);
      launch(instance, now);
      this.#target.consoles.replace(instanceId, bootLog(hostNameOf(instance), [hostKey], now));
    }
    await this.#tell([...hostKeys.keys()], now);
  }

  /** A boot of one instance, whose console then shows what is given, and nothing of before: the first one, where it has run never. */
  async again(instanceId: string, shown: string): Promise<void> {
    const now = this.#clock();
    start(this.#find(instanceId), now);
    this.#target.consoles.replace(instanceId, shown);
    await this.#tell([instanceId], now);
  }

  #tell(instanceIds: readonly string[], now: Date): Promise<void> {
    return this.#send(
      instanceIds.map((instanceId) => JSON.stringify(runningEvent(instanceId, now, this.#target.fleet.target))),
    );
  }

  #find(instanceId: string): FleetInstance {
    const instance = this.#target.fleet.find(instanceId);
    if (!instance) throw new Error(`The fleet has no instance ${instanceId}`);
    return instance;
  }
}

/** As EC2 names hosts by default. */
function hostNameOf({ PrivateIpAddress = "127.0.0.1" }: FleetInstance): string {
  return `ip-${PrivateIpAddress.replaceAll(".", "-")}`;
}
