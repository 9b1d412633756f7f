import type { FleetInstance } from "./fleet.ts";

/** Starts an instance for the first time in its life. */
export function launch(instance: FleetInstance, now: Date): void {
  const [primary = { PrivateIpAddresses: [], Ipv6Addresses: [] }, ...others] = instance.NetworkInterfaces;
  const Attachment = { DeviceIndex: 0, AttachTime: now.toISOString() };
  instance.NetworkInterfaces = [{ ...primary, Attachment }, ...others];
  run(instance, now);
}

/** Starts an instance, again if it has run before. */
export function start(instance: FleetInstance, now: Date): void {
  if (instance.LaunchTime === undefined) launch(instance, now);
  else run(instance, now);
}

function run(instance: FleetInstance, now: Date): void {
  instance.State = { Name: "running", Code: 16 };
  instance.LaunchTime = now.toISOString();
}
