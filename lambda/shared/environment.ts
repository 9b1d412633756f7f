import * as z from "zod";
import type { FunctionName } from "../../contract/routes.ts";

/** Every environment variable that a function of ours reads: its name, and how it is read. */
const variables = z.object({
  /** `<account>/<role>,…`: the roles whose session names are pinned, and so name a person. */
  PERSON_ROLES: z.string().transform((text) => new Set(text.split(",").filter((role) => role !== ""))),
  /** `<burst>,<per second>`: how fast one caller may go on. */
  CALLER_THROTTLE: z
    .string()
    .regex(/^[0-9.]+,[0-9.]+$/)
    .transform((text) => {
      const [burst = 0, perSecond = 0] = text.split(",").map(Number);
      return { burst, perSecond };
    }),
  /** The OS user where neither the caller nor a tag names one. */
  DEFAULT_OS_USER: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  /** The bus that every event of the trail is put on. */
  EVENT_BUS_NAME: z.string().min(1),
  /** The one role that may push. */
  PUSH_ROLE_ARN: z.string().startsWith("arn:"),
  /** IANA time zone in which policies read hours and weekdays. */
  TIME_ZONE: z.string().min(1),
  /** Longest life of a tunnel, in seconds: the push role's policy has the same bound. */
  MAX_TUNNEL_SECONDS: z.string().transform(Number).pipe(z.int().min(1).max(3600)),
  /** The SDK's own name, so that its clients and the choice of an endpoint's host name agree. */
  AWS_USE_FIPS_ENDPOINT: z.enum(["true", "false"]).transform((text) => text === "true"),
  /** Whether serial consoles may be reached: else the push role may not either. */
  SERIAL_CONSOLE: z.enum(["true", "false"]).transform((text) => text === "true"),
  /** Set by the local stack alone: where tunnels are opened instead of at the endpoint's own host. */
  AWS_ENDPOINT_URL_OPEN_TUNNEL: z.string().startsWith("ws://").optional(),
  /** Set by Lambda: the region, and the directory of the function's bundle. */
  AWS_REGION: z.string().min(1),
  LAMBDA_TASK_ROOT: z.string().min(1),
});

/** What every function reads that calls AWS. */
const aboutAws = { AWS_USE_FIPS_ENDPOINT: true, AWS_REGION: true } as const;

/** What those read that judge callers and ask policy. */
const aboutCallers = { PERSON_ROLES: true, CALLER_THROTTLE: true, LAMBDA_TASK_ROOT: true } as const;

/** What those read that show callers what the table holds. */
const reader = variables.pick({ ...aboutAws, ...aboutCallers, TABLE_NAME: true });

/** What works behind the API. */
const worker = variables.pick({ ...aboutAws, TABLE_NAME: true, EVENT_BUS_NAME: true });

/**
 * Which of them each function reads. The stack sets these, and no others; a function parses its own as it loads, so that a
 * missing one stops it from starting.
 */
export const environments = {
  connect: variables.omit({ EVENT_BUS_NAME: true }),
  instances: variables.pick({
    ...aboutAws,
    ...aboutCallers,
    TIME_ZONE: true,
    DEFAULT_OS_USER: true,
    SERIAL_CONSOLE: true,
    TABLE_NAME: true,
  }),
  access: variables.pick({ ...aboutAws, ...aboutCallers, TIME_ZONE: true, TABLE_NAME: true }),
  wait: reader,
  audit: reader,
  register: reader,
  service: variables.pick({ PERSON_ROLES: true, LAMBDA_TASK_ROOT: true }),
  projector: worker,
  sweep: worker,
  capture: variables.pick({ ...aboutAws, TABLE_NAME: true }),
} as const satisfies Record<FunctionName, z.ZodObject>;

/** What the stack has to give: the rest comes from Lambda, or from the local stack. */
export type StackVariables = Omit<
  z.input<typeof variables>,
  "AWS_REGION" | "LAMBDA_TASK_ROOT" | "AWS_ENDPOINT_URL_OPEN_TUNNEL"
>;
