import * as z from "zod";
import { schemaOf } from "../../sdk/schema-of.ts";

/** What `latchkey login` needs at providers that differ from the specifications. */
const login = z.strictObject({
  /** Of a client that runs on laptops, where it is not secret: Google asks for it all the same. */
  clientSecret: z.string().min(1).optional(),
  /** Of the redirect to this machine, if the provider does not take any port. */
  redirectPort: z.int().min(1).max(65_535).optional(),
  /** Sent to the page where people sign in, such as `audience`. */
  parameters: z.record(z.string(), z.string()).optional(),
  /** Whether the ID token is sent to the API, if the provider's access tokens are not for it. */
  useIdToken: z.boolean().optional(),
});

/** What may stand in the config file. */
const configFile = z.strictObject({
  url: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  issuer: z.string().min(1).optional(),
  clientId: z.string().min(1).optional(),
  scope: z.string().min(1).optional(),
  login: login.optional(),
  tokenCommand: z.array(z.string()).min(1).optional(),
});

export type ConfigFile = z.infer<typeof configFile>;

/** As plain data, which the bundler puts in this module's place. */
export default schemaOf(configFile);
