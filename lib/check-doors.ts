import { routeNames } from "../contract/routes.ts";
import { type DoorSettings, doorNames } from "./door-settings.ts";
import { nearest } from "./nearest.ts";
import type { Settings } from "./settings.ts";

interface Complaint {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Finds settings of front doors that do not go together, or that name what there is not. */
export function complaintsAboutDoors({ doors }: Settings): Complaint[] {
  return doorNames.flatMap((name) => {
    const path = ["doors", name];
    const door = doors[name];
    return door ? complaintsAboutRoutes([...path, "routeThrottles"], door) : [];
  });
}

function complaintsAboutRoutes(path: string[], { routeThrottles }: DoorSettings): Complaint[] {
  return Object.keys(routeThrottles).flatMap((name) => {
    if (name === "getAccessRequest")
      return [{ path: [...path, name], message: "is left out: waitThrottle is its throttle, at each door" }];
    if (routeNames.some((each) => each === name)) return [];
    const meant = nearest(name, routeNames);
    const message = meant
      ? `is no route (did you mean "${meant}"?)`
      : `is no route: there are ${routeNames.join(", ")}`;
    return [{ path: [...path, name], message }];
  });
}
