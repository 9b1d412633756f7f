declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  import type { AdapterFactory } from "oidc-provider";

  /** What the provider takes by itself too, but then with a warning that it forgets. */
  export function createMemoryAdapter(clockToleranceSeconds: number): AdapterFactory;
}
