import { expect, test } from "@jest/globals";
import { regionOf } from "../../../client/api/region.ts";

const ofGateway = "https://abc123.execute-api.eu-west-1.amazonaws.com/live";
const ownDomain = "https://latchkey.example.com";
const local = "http://127.0.0.1:8080";

type Sources = Parameters<typeof regionOf>[0];

test.each<[string, Sources, string | undefined]>([
  ["unknown, for a domain of one's own", { url: ownDomain, environment: {} }, undefined],
  [
    "unknown, for a host that only contains API Gateway's",
    { url: "https://a.execute-api.eu-west-1.amazonaws.com.example.com", environment: {} },
    undefined,
  ],
  ["API Gateway's own host's", { url: ofGateway, environment: {} }, "eu-west-1"],
  ["API Gateway's before the environment's", { url: ofGateway, environment: { AWS_REGION: "us-west-2" } }, "eu-west-1"],
  ["the setting's before all", { url: ofGateway, region: "eu-north-1", environment: {} }, "eu-north-1"],
  [
    "a FIPS host's",
    { url: "https://abc.execute-api-fips.us-gov-west-1.amazonaws.com", environment: {} },
    "us-gov-west-1",
  ],
  ["a host's in China", { url: "https://abc.execute-api.cn-north-1.amazonaws.com.cn", environment: {} }, "cn-north-1"],
  [
    "a VPC endpoint's",
    { url: "https://vpce-1.execute-api.eu-west-1.vpce.amazonaws.com/live", environment: {} },
    "eu-west-1",
  ],
  [
    "AWS_REGION's before AWS_DEFAULT_REGION's",
    { url: ownDomain, environment: { AWS_REGION: "a-1", AWS_DEFAULT_REGION: "b-2" } },
    "a-1",
  ],
  ["AWS_DEFAULT_REGION's", { url: ownDomain, environment: { AWS_REGION: "", AWS_DEFAULT_REGION: "b-2" } }, "b-2"],
  ["the local stack's, on this machine", { url: local, environment: {} }, "us-east-1"],
])("%s", (_, sources, region) => {
  expect(regionOf(sources)).toBe(region);
});
