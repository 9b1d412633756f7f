import * as z from "zod";

/** The file beside the function's bundle that `GET /v1/openapi.json` responds with. */
export const openApiFile = "openapi.json";

/** What the document must at least be. */
export const openApiDocument = z
  .looseObject({
    openapi: z.string().startsWith("3.1.").describe("The version of OpenAPI."),
    info: z.looseObject({}).describe("What the document is about."),
    paths: z.record(z.string(), z.unknown()).describe("Every route."),
  })
  .meta({ id: "OpenApiDocument", description: "This document." });
