import * as z from "zod";
import { schemaOf } from "../../sdk/schema-of.ts";

/** What may stand in the config file. */
const configFile = z.strictObject({
  url: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  issuer: z.string().min(1).optional(),
  clientId: z.string().min(1).optional(),
  scope: z.string().min(1).optional(),
  tokenCommand: z.array(z.string()).min(1).optional(),
});

export type ConfigFile = z.infer<typeof configFile>;

/** As plain data, which the bundler puts in this module's place. */
export default schemaOf(configFile);
