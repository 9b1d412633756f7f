import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { me } from "../api/me.ts";
import { type Loaded, useLoaded } from "../api/use-loaded.ts";
import { openRequests } from "./covers.ts";

/** The caller's own access requests that give access or may yet, of their newest hundred. */
export const useOpenRequests = (): Loaded<readonly AccessRequest[]> =>
  useLoaded(async (signal) => {
    const { id } = await me();
    const { items } = await api().call("listAccessRequests", { subject: id, limit: 100 }, { signal });
    return openRequests(items);
  }, []);
